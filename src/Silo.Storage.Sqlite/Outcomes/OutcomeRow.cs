using Silo.Core.Tasks;

namespace Silo.Storage.Sqlite.Outcomes;

/// <summary>What an outcome is judged by.</summary>
/// <param name="IsOurs">The row's last start or outcome came from the incarnation that reports.</param>
internal readonly record struct OutcomeRow(
    long Number, StoredState State, int Attempt, DateTimeOffset RunAt, string Queue, bool IsOurs, bool CancelOnRecord)
{
    /// <summary>Whether the row shows this very outcome from an earlier sending whose answer was lost.</summary>
    public bool Remembers(TaskOutcome outcome)
    {
        if (!IsOurs)
        {
            return false;
        }

        // A retry that met a cancel ended the task at its own attempt; any other moved the row on by one.
        return State.IsTerminal()
            ? Attempt == outcome.Attempt && State == EndOf(outcome.Kind)
            : outcome.Kind == OutcomeKind.Retry && State == StoredState.Waiting && Attempt == outcome.Attempt + 1;
    }

    /// <summary>The terminal state of an outcome; a retry ends a task only as cancelled.</summary>
    public static StoredState EndOf(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Succeeded => StoredState.Succeeded,
        OutcomeKind.Failed => StoredState.Failed,
        OutcomeKind.Cancelled or OutcomeKind.Retry => StoredState.Cancelled,
        _ => StoredState.Waiting,
    };
}
