using Silo.Core.Tasks;

namespace Silo.Simulation.Workload;

/// <summary>A task as a client asks for it, before it has an id.</summary>
internal sealed record Wish
{
    public required string Queue { get; init; }

    public required string Type { get; init; }

    public required int Priority { get; init; }

    public required TimeSpan Delay { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required RetryPolicy Retry { get; init; }

    public required PlacementRule Placement { get; init; }

    public required byte[] Payload { get; init; }

    public required string? Key { get; init; }

    public required Behaviour Behaviour { get; init; }

    public required TimeSpan Duration { get; init; }

    public TaskSpec ToSpec(TaskId id, DateTimeOffset now) => new()
    {
        Id = id,
        Type = Type,
        Queue = Queue,
        Priority = Priority,
        RunAt = DateTimeOffset.FromUnixTimeMilliseconds((now + Delay).ToUnixTimeMilliseconds()),
        Payload = Payload,
        Retry = Retry,
        Timeout = Timeout,
        Placement = Placement,
        IdempotencyKey = Key,
    };
}
