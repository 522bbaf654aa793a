using System.Text.Json.Serialization;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;

namespace Silo.Contracts.Nodes;

/// <summary>How executions ended, and which tasks are given back unstarted.</summary>
public sealed record CompleteTasksRequest
{
    public required long Incarnation { get; init; }

    public IReadOnlyList<ReportPart> Reports { get; init => field = value ?? []; } = [];

    public IReadOnlyList<AttemptPart> Returned { get; init => field = value ?? []; } = [];
}

public sealed record ReportPart
{
    public required Guid Id { get; init; }

    public required int Attempt { get; init; }

    /// <summary>As leased.</summary>
    public required long Dispatch { get; init; }

    /// <summary><c>succeeded</c>, <c>failed</c>, <c>failed_for_good</c>, <c>timed_out</c>, <c>cancelled</c> or <c>released</c>.</summary>
    public required string End { get; init; }

    /// <summary>Any JSON, at most 1 MiB.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    public ErrorPart? Error { get; init; }

    /// <summary>How long the handler ran.</summary>
    public required double RanSeconds { get; init; }
}

public sealed record AttemptPart(Guid Id, int Attempt, long Dispatch);

public sealed record CompleteTasksResponse
{
    public required string Status { get; init; }

    /// <summary>One per report, in order, when the status is <c>ok</c>.</summary>
    public IReadOnlyList<AnswerPart> Answers { get; init => field = value ?? []; } = [];
}

public sealed record AnswerPart
{
    public required Guid Id { get; init; }

    public required int Attempt { get; init; }

    /// <summary><c>recorded</c>, <c>settled</c> or <c>fenced</c>; all three are final.</summary>
    public required string Answer { get; init; }

    /// <summary>The stored state after the call: <c>waiting</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>; absent when the row was not
    /// looked at, because the task is not held or the node is fenced.</summary>
    public string? State { get; init; }

    /// <summary>When the state is waiting, the due time of the next attempt.</summary>
    public DateTimeOffset? RunAt { get; init; }
}
