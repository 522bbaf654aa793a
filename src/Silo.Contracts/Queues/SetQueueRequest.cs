namespace Silo.Contracts.Queues;

/// <summary>A queue's settings as a whole: what is left out takes its default.</summary>
public sealed record SetQueueRequest
{
    /// <summary>Name of a placement strategy. Default <c>least-tasks</c>.</summary>
    public string? Strategy { get; init; }

    /// <summary>A paused queue starts nothing; what runs goes on. Default false.</summary>
    public bool? Paused { get; init; }

    /// <summary>Tasks of this queue that may be on nodes at once. Default no limit.</summary>
    public int? ConcurrencyMax { get; init; }
}
