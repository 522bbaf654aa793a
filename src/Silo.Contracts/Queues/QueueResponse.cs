namespace Silo.Contracts.Queues;

/// <summary>A queue's settings and how much is in it.</summary>
public sealed record QueueResponse
{
    public required string Name { get; init; }

    public required string Strategy { get; init; }

    public required bool Paused { get; init; }

    /// <summary>Absent for no limit.</summary>
    public int? ConcurrencyMax { get; init; }

    /// <summary>Waiting tasks the scheduler has in memory.</summary>
    public int InMemory { get; init; }

    /// <summary>Tasks on nodes.</summary>
    public int OnNodes { get; init; }

    /// <summary>Whether tasks wait in the store beyond those in memory.</summary>
    public bool MoreInStore { get; init; }

    public StateCounts? Counts { get; init; }
}

/// <param name="Queues">In order of name.</param>
/// <param name="Strategies">The strategies that can be set.</param>
public sealed record QueueListResponse(IReadOnlyList<QueueResponse> Queues, IReadOnlyList<string> Strategies);

/// <summary>Kept tasks by stored state. Waiting covers scheduled and ready; running covers what has run for over a second.</summary>
public sealed record StateCounts(long Waiting, long Running, long Succeeded, long Failed, long Cancelled);
