namespace Silo.Core.Queues;

/// <summary>A queue as an operator sets it.</summary>
public sealed record QueueSettings
{
    public const string DefaultName = "default";
    public const string StrategyDefault = "least-tasks";

    public required string Name { get; init; }

    /// <summary>Name of a placement strategy. Default <c>least-tasks</c>.</summary>
    public string Strategy { get; init; } = StrategyDefault;

    /// <summary>A paused queue starts nothing; what runs goes on.</summary>
    public bool Paused { get; init; }

    /// <summary>Tasks of this queue that may be on nodes at once; null for no limit.</summary>
    public int? ConcurrencyMax { get; init; }
}
