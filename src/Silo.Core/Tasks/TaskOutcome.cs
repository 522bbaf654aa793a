namespace Silo.Core.Tasks;

/// <summary>What ends, or gives back, one attempt.</summary>
public enum OutcomeKind
{
    Succeeded,
    Failed,
    Cancelled,

    /// <summary>The attempt failed and another follows at <see cref="TaskOutcome.RunAt"/>. The store turns it into <see cref="Cancelled"/> when a cancel is on record.</summary>
    Retry,

    /// <summary>A started task is given back (drain); its row returns to waiting and no attempt is spent.</summary>
    Released,
}

/// <summary>Why an attempt failed.</summary>
/// <param name="Code">Stable, for programs: <c>handler_failed</c>, <c>timeout</c>, <c>bad_payload</c>, <c>poison</c>, or the handler's own.</param>
/// <param name="Message">For people; cut to <see cref="TaskLimits.ErrorMessageLengthMax"/>.</param>
public sealed record TaskError(string Code, string Message);

/// <summary>One attempt's end as it is written to the store, guarded by the node's fence and by the attempt.</summary>
public sealed record TaskOutcome
{
    public required TaskId Id { get; init; }

    public required int Attempt { get; init; }

    public required OutcomeKind Kind { get; init; }

    /// <summary>The task's queue when the sender knows it; null otherwise. A hint that may spare the store a look at the row, never taken for true without comparing.</summary>
    public string? Queue { get; init; }

    /// <summary>UTF-8 JSON; empty stands for none.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    public TaskError? Error { get; init; }

    /// <summary>Due time of the next attempt, for <see cref="OutcomeKind.Retry"/>.</summary>
    public DateTimeOffset RunAt { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset FinishedAt { get; init; }
}

/// <summary>What became of an outcome. All three are final: the sender forgets it.</summary>
public enum OutcomeAnswer
{
    /// <summary>This is the recorded outcome of the attempt, now or from an earlier sending of the same.</summary>
    Recorded,

    /// <summary>The task was already settled otherwise, or has moved on to a later attempt.</summary>
    Settled,

    /// <summary>The node's incarnation was declared dead; nothing of it counts.</summary>
    Fenced,
}

/// <summary>The answer per row of a batch of outcomes.</summary>
/// <param name="Id">The task.</param>
/// <param name="Attempt">The attempt that was reported.</param>
/// <param name="Answer">What became of it.</param>
/// <param name="State">The row's state after the batch; meaningless when fenced.</param>
/// <param name="RunAt">When <paramref name="State"/> is waiting, the due time of the next attempt.</param>
public readonly record struct RecordedOutcome(TaskId Id, int Attempt, OutcomeAnswer Answer, StoredState State, DateTimeOffset RunAt);
