namespace Silo.Core.Tasks;

/// <summary>What a client asked for: one task, whole and immutable.</summary>
public sealed record TaskSpec
{
    public required TaskId Id { get; init; }

    /// <summary>Names the handler.</summary>
    public required string Type { get; init; }

    public required string Queue { get; init; }

    /// <summary>0 to 100, higher first. Default 50.</summary>
    public int Priority { get; init; } = TaskLimits.PriorityDefault;

    /// <summary>Due time in the store's time; rounded up to a whole millisecond. A retry moves it.</summary>
    public required DateTimeOffset RunAt { get; init => field = DueTime.RoundUp(value); }

    /// <summary>UTF-8 JSON; empty stands for <c>null</c>.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>How long one attempt may run. Default one hour.</summary>
    public TimeSpan Timeout { get; init; } = TaskLimits.TimeoutDefault;

    public PlacementRule Placement { get; init; } = PlacementRule.Anywhere;

    /// <summary>Two submits with one key are one task.</summary>
    public string? IdempotencyKey { get; init; }

    public string? CorrelationId { get; init; }

    public TaskId? ParentId { get; init; }

    public string? User { get; init; }

    /// <summary>The client's own marks, for listing. Null when there are none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The key that orders it within its queue and priority.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public ReadyKey Key => new(RunAt, Id);
}

/// <summary>Order within one queue and priority: due time, then id.</summary>
public readonly record struct ReadyKey(DateTimeOffset RunAt, TaskId Id) : IComparable<ReadyKey>
{
    public static readonly ReadyKey Lowest = new(DateTimeOffset.UnixEpoch, default);

    /// <summary>Above every key that a task can have.</summary>
    public static readonly ReadyKey Highest = new(DateTimeOffset.MaxValue, new TaskId(new Guid("ffffffff-ffff-ffff-ffff-ffffffffffff")));

    public int CompareTo(ReadyKey other)
    {
        var byTime = RunAt.CompareTo(other.RunAt);
        return byTime != 0 ? byTime : Id.CompareTo(other.Id);
    }

    public static bool operator <(ReadyKey left, ReadyKey right) => left.CompareTo(right) < 0;

    public static bool operator >(ReadyKey left, ReadyKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(ReadyKey left, ReadyKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ReadyKey left, ReadyKey right) => left.CompareTo(right) >= 0;
}

/// <summary>A task that is not terminal, as the scheduler and the store hand it to each other.</summary>
public sealed record WaitingTask
{
    public required TaskSpec Spec { get; init; }

    /// <summary>1 for the first attempt; it only grows, and every write of an outcome is guarded by it.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>How many stored starts of this task were followed by the death of the node.</summary>
    public int Deaths { get; init; }
}
