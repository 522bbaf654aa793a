namespace Silo.Core.Nodes;

/// <summary>Fallback nodes are used only while no primary node that could ever run the task is there.</summary>
public enum NodeTier
{
    Primary = 0,
    Fallback = 1,
}

/// <summary>What a node says of itself when it joins.</summary>
public sealed record NodeRegistration
{
    public required string Name { get; init; }

    /// <summary>Names this life of the process; a repeated registration with the same one is the same node.</summary>
    public required string Instance { get; init; }

    /// <summary>Tasks it runs at once, at least 1.</summary>
    public required int Slots { get; init; }

    /// <summary>Share under the <c>weighted</c> strategy; null means <c>auto</c>, from the latest load.</summary>
    public int? Weight { get; init; }

    public NodeTier Tier { get; init; }

    /// <summary>The task types it has handlers for.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary><c>http</c> or <c>local</c>; for people.</summary>
    public string Kind { get; init; } = "http";

    /// <summary>How often it will beat. Slower than <see cref="NodeLimits.SlowBeat"/> makes it a slow node: its leases are stored before they are handed out.</summary>
    public TimeSpan BeatInterval { get; init; } = NodeLimits.BeatIntervalDefault;
}

public static class NodeLimits
{
    public const int SlotsMax = 10_000;
    public const int WeightMax = 10_000;
    public const int TypesMax = 256;
    public const int LeaseTasksMax = 1024;
    public const int CompleteTasksMax = 1024;

    /// <summary>Payload bytes in one lease or one command batch; a larger payload goes alone.</summary>
    public const int BatchPayloadBytesMax = 8 * 1024 * 1024;

    /// <summary>Look-ahead is bounded in time (<see cref="LookAhead"/>) and, for tasks of no measurable length, in number per node.</summary>
    public const int LookAheadTasksMax = 2048;

    /// <summary>Finished and not yet recorded executions that a worker may hold before it starts nothing more.</summary>
    public const int UnrecordedMax = 4096;

    public static readonly TimeSpan BeatIntervalDefault = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which a node is declared dead.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan SlowBeat = TimeSpan.FromSeconds(3);

    /// <summary>Work, beyond the free slots, that a node may hold unstarted.</summary>
    public static readonly TimeSpan LookAhead = TimeSpan.FromMilliseconds(20);

    /// <summary>A task that runs longer than this is written to the store as running.</summary>
    public static readonly TimeSpan StoreStartAfter = TimeSpan.FromSeconds(1);
}

/// <summary>What a node last said of its machine.</summary>
/// <param name="CpuPercent">0 to 100, of all cores.</param>
/// <param name="MemoryPercent">0 to 100.</param>
public readonly record struct NodeLoad(double CpuPercent, double MemoryPercent)
{
    /// <summary>The weight of a node that gave none: <c>max(1, 100 − (cpu% + memory%)/2)</c>.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double Weight => Math.Max(1, 100 - ((CpuPercent + MemoryPercent) / 2));

    /// <summary>The weight of a node that gave none and has not beaten yet.</summary>
    public const double WeightUnknown = 50;
}

/// <summary>The store's word on who may record: outcomes count only while this incarnation is alive there.</summary>
public readonly record struct NodeFence(string Node, long Incarnation);
