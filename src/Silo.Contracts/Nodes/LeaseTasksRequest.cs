using System.Text.Json.Serialization;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;

namespace Silo.Contracts.Nodes;

/// <summary>Asks for tasks. Repeating a number repeats its batch; the next number confirms it.</summary>
public sealed record LeaseTasksRequest
{
    public required long Incarnation { get; init; }

    /// <summary>Consecutive from 1 per incarnation, and from 1 again after an adoption.</summary>
    public required long Number { get; init; }

    /// <summary>At most this many tasks, 1 to 1,024.</summary>
    public required int Max { get; init; }

    /// <summary>How long to wait for a first task or order, 0 to 30. Default 0.</summary>
    public double? WaitSeconds { get; init; }
}

public sealed record LeaseTasksResponse
{
    public required string Status { get; init; }

    /// <summary>The batch's number; with <c>out_of_order</c> the number expected.</summary>
    public long Number { get; init; }

    public IReadOnlyList<LeasedTask> Tasks { get; init => field = value ?? []; } = [];

    public OrdersPart Orders { get; init => field = value ?? new(); } = new();
}

/// <summary>What the worker should do about tasks it holds. Orders repeat until they had their effect.</summary>
public sealed record OrdersPart
{
    /// <summary>Give back if unstarted.</summary>
    public IReadOnlyList<Guid> Recall { get; init => field = value ?? []; } = [];

    /// <summary>Give back if unstarted, else cancel.</summary>
    public IReadOnlyList<Guid> Cancel { get; init => field = value ?? []; } = [];
}

/// <summary>One attempt of a task as a worker gets it.</summary>
public sealed record LeasedTask
{
    public required Guid Id { get; init; }

    public required int Attempt { get; init; }

    /// <summary>Names this sending of the attempt; to be repeated in what is said about it.</summary>
    public required long Dispatch { get; init; }

    public required string Type { get; init; }

    public required string Queue { get; init; }

    public required int Priority { get; init; }

    public required DateTimeOffset RunAt { get; init; }

    public required double TimeoutSeconds { get; init; }

    public required RetryTerms Retry { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Payload { get; init; }

    /// <summary>For the handler's own side effects; equal in every attempt.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>The start was written to the store before the task was handed out.</summary>
    public bool StoreStart { get; init; }
}
