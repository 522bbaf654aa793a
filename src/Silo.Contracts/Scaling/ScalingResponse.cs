namespace Silo.Contracts.Scaling;

/// <summary>How much of the slots the due work would take: the number that an autoscaler multiplies its replicas by.</summary>
public sealed record ScalingResponse
{
    /// <summary>Tasks that are due and wait, as far as the scheduler has them in memory.</summary>
    public required int Ready { get; init; }

    /// <summary>Tasks on nodes.</summary>
    public required int Running { get; init; }

    /// <summary>Whether tasks wait in the store beyond those counted.</summary>
    public required bool MoreReady { get; init; }

    /// <summary>Slots of living primary nodes that are not draining.</summary>
    public required int Slots { get; init; }

    /// <summary>(Ready + running) / slots, counting only what more slots would help; without slots, as if there were one.</summary>
    public required double Load { get; init; }

    /// <summary>In order of name.</summary>
    public required IReadOnlyList<QueueScaling> Queues { get; init; }
}

/// <summary>One queue's part; every node serves every queue, so the slots are the same for all.</summary>
/// <param name="Name">Of the queue.</param>
/// <param name="Ready">As in <see cref="ScalingResponse.Ready"/>.</param>
/// <param name="Running">As in <see cref="ScalingResponse.Running"/>.</param>
/// <param name="MoreReady">As in <see cref="ScalingResponse.MoreReady"/>.</param>
/// <param name="Load">As in <see cref="ScalingResponse.Load"/>.</param>
public sealed record QueueScaling(string Name, int Ready, int Running, bool MoreReady, double Load);
