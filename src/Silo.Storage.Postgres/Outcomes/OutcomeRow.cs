using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Storage.Postgres.Outcomes;

/// <summary>What an outcome that changed nothing is judged by: the row as it stands.</summary>
internal readonly record struct OutcomeRow(StoredState State, int Attempt, DateTimeOffset RunAt, NodeFence LastFence)
{
    /// <summary>Null when the row would take the outcome: what was in its way is gone, and the outcome is to be sent again.</summary>
    public RecordedOutcome? Judge(TaskOutcome outcome, NodeFence fence)
    {
        if (State.IsTerminal() || Attempt != outcome.Attempt)
            return Answer(outcome, Remembers(outcome, fence) ? OutcomeAnswer.Recorded : OutcomeAnswer.Settled);

        // Given back: nothing to write for a row that waits; and one that another node has begun since stays its own.
        return outcome.Kind == OutcomeKind.Released ? Answer(outcome, OutcomeAnswer.Recorded) : null;
    }

    /// <summary>The terminal state of an outcome; a retry ends a task only as cancelled.</summary>
    public static StoredState EndOf(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Succeeded => StoredState.Succeeded,
        OutcomeKind.Failed => StoredState.Failed,
        OutcomeKind.Cancelled or OutcomeKind.Retry => StoredState.Cancelled,
        _ => StoredState.Waiting,
    };

    /// <summary>Whether the row shows this very outcome from an earlier sending whose answer was lost.</summary>
    private bool Remembers(TaskOutcome outcome, NodeFence fence)
    {
        if (LastFence != fence)
            return false;

        // A retry that met a cancel ended the task at its own attempt; any other moved the row on by one.
        return State.IsTerminal()
            ? Attempt == outcome.Attempt && State == EndOf(outcome.Kind)
            : outcome.Kind == OutcomeKind.Retry && State == StoredState.Waiting && Attempt == outcome.Attempt + 1;
    }

    private RecordedOutcome Answer(TaskOutcome outcome, OutcomeAnswer answer) =>
        new(outcome.Id, outcome.Attempt, answer, State, State.IsTerminal() ? default : RunAt);
}
