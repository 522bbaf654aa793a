using Silo.Core.Nodes;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Sql;
using Silo.Storage.Sqlite.Tasks;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Outcomes;

/// <summary>Records how attempts ended: one fence check for the batch, one guard for each row.</summary>
internal static class RecordOutcomes
{
    private const string Find = """
        SELECT number, state, attempt, run_at, queue, node = ?2 AND incarnation = ?3, EXISTS (SELECT 1 FROM cancels WHERE cancels.id = tasks.id)
        FROM tasks WHERE id = ?1
        """;

    // The ordinary end in one statement: it changes nothing unless the row is what the outcome takes it for, and then the row is looked at.
    private const string SettleWaiting = """
        UPDATE tasks SET state = ?, node = ?, incarnation = ?, started_at = ?, finished_at = ?, error_code = ?, error_message = ?, result = ?
        WHERE id = ? AND state = 0 AND attempt = ? AND queue = ? AND NOT EXISTS (SELECT 1 FROM cancels WHERE cancels.id = tasks.id)
        """;

    private const string Settle = """
        UPDATE tasks SET state = ?, node = ?, incarnation = ?, started_at = ?, finished_at = ?, error_code = ?, error_message = ?, result = ?
        WHERE number = ?
        """;

    // started_at and finished_at tell of the attempt to come, which has neither; the error tells why it is needed.
    private const string Repeat = """
        UPDATE tasks SET state = 0, attempt = attempt + 1, run_at = ?, node = ?, incarnation = ?, started_at = NULL, error_code = ?, error_message = ?
        WHERE number = ?
        """;

    private const string GiveBack = "UPDATE tasks SET state = 0, started_at = NULL WHERE number = ?";

    public static IReadOnlyList<RecordedOutcome> Execute(WriteTransaction transaction, NodeFence fence, IReadOnlyList<TaskOutcome> outcomes)
    {
        var alive = Fences.IsAlive(transaction, fence);
        var answers = new RecordedOutcome[outcomes.Count];
        for (var index = 0; index < outcomes.Count; index++)
        {
            answers[index] = alive
                ? RecordOne(transaction, fence, outcomes[index])
                : new RecordedOutcome(outcomes[index].Id, outcomes[index].Attempt, OutcomeAnswer.Fenced, default, default);
        }

        return answers;
    }

    private static RecordedOutcome RecordOne(WriteTransaction transaction, NodeFence fence, TaskOutcome outcome)
    {
        if (TrySettleWaiting(transaction, fence, outcome) is { } settled)
        {
            return settled;
        }

        if (FindRow(transaction, fence, outcome.Id) is not { } row)
        {
            // Retention took it, and only what is terminal is taken.
            return new RecordedOutcome(outcome.Id, outcome.Attempt, OutcomeAnswer.Settled, StoredState.Failed, default);
        }

        if (row.State.IsTerminal() || row.Attempt != outcome.Attempt)
        {
            return Answer(outcome, row.Remembers(outcome) ? OutcomeAnswer.Recorded : OutcomeAnswer.Settled, row.State, row.RunAt);
        }

        return outcome.Kind switch
        {
            OutcomeKind.Retry when !row.CancelOnRecord => RecordRetry(transaction, fence, outcome, row),
            OutcomeKind.Released => RecordRelease(transaction, outcome, row),
            _ => RecordEnd(transaction, fence, outcome, row),
        };
    }

    /// <returns>Null when it is no ordinary end: nothing was changed.</returns>
    private static RecordedOutcome? TrySettleWaiting(WriteTransaction transaction, NodeFence fence, TaskOutcome outcome)
    {
        if (outcome.Queue is null || outcome.Kind is OutcomeKind.Retry or OutcomeKind.Released)
        {
            return null;
        }

        var state = OutcomeRow.EndOf(outcome.Kind);
        BindEnd(transaction.Prepare(SettleWaiting), transaction, fence, outcome, state).Bind(outcome.Id).Bind(outcome.Attempt).Bind(outcome.Queue).Run();
        if (transaction.Session.Changes == 0)
        {
            return null;
        }

        transaction.Counters.Moved(outcome.Queue, StoredState.Waiting, state);
        return Answer(outcome, OutcomeAnswer.Recorded, state, default);
    }

    private static RecordedOutcome RecordEnd(WriteTransaction transaction, NodeFence fence, TaskOutcome outcome, OutcomeRow row)
    {
        var state = OutcomeRow.EndOf(outcome.Kind);
        BindEnd(transaction.Prepare(Settle), transaction, fence, outcome, state).Bind(row.Number).Run();
        if (row.CancelOnRecord)
        {
            Cancels.Remove(transaction, outcome.Id);
        }

        transaction.Counters.Moved(row.Queue, row.State, state);
        return Answer(outcome, OutcomeAnswer.Recorded, state, row.RunAt);
    }

    private static Statement BindEnd(Statement settle, WriteTransaction transaction, NodeFence fence, TaskOutcome outcome, StoredState state) => settle
        .Bind(state).Bind(fence.Node).Bind(fence.Incarnation)
        .Bind(outcome.StartedAt == default ? (DateTimeOffset?)null : outcome.StartedAt)
        .Bind(outcome.FinishedAt == default ? transaction.Now : outcome.FinishedAt)
        .Bind(outcome.Error?.Code).Bind(outcome.Error?.Message).BindBlobOrNull(outcome.Result.Span);

    private static RecordedOutcome RecordRetry(WriteTransaction transaction, NodeFence fence, TaskOutcome outcome, OutcomeRow row)
    {
        transaction.Prepare(Repeat)
            .Bind(outcome.RunAt).Bind(fence.Node).Bind(fence.Incarnation).Bind(outcome.Error?.Code).Bind(outcome.Error?.Message).Bind(row.Number)
            .Run();
        transaction.Counters.Moved(row.Queue, row.State, StoredState.Waiting);
        return Answer(outcome, OutcomeAnswer.Recorded, StoredState.Waiting, outcome.RunAt);
    }

    private static RecordedOutcome RecordRelease(WriteTransaction transaction, TaskOutcome outcome, OutcomeRow row)
    {
        if (row.State == StoredState.Running && !row.IsOurs)
        {
            // An earlier sending gave it back, and another node has begun it since: that start must stay on record.
            return Answer(outcome, OutcomeAnswer.Recorded, row.State, row.RunAt);
        }

        transaction.Prepare(GiveBack).Bind(row.Number).Run();
        transaction.Counters.Moved(row.Queue, row.State, StoredState.Waiting);
        return Answer(outcome, OutcomeAnswer.Recorded, StoredState.Waiting, row.RunAt);
    }

    private static OutcomeRow? FindRow(WriteTransaction transaction, NodeFence fence, TaskId id)
    {
        var row = transaction.Prepare(Find).Bind(id).Bind(fence.Node).Bind(fence.Incarnation);
        if (!row.Step())
        {
            return null;
        }

        var found = new OutcomeRow(row.ReadInt64(), row.ReadState(), row.ReadInt32(), row.ReadTime(), row.ReadText(), row.ReadBool(), row.ReadBool());
        row.Reset();
        return found;
    }

    /// <summary>Only what waits has a due time to tell: the same answer, whether the row was looked at or not.</summary>
    private static RecordedOutcome Answer(TaskOutcome outcome, OutcomeAnswer answer, StoredState state, DateTimeOffset runAt) =>
        new(outcome.Id, outcome.Attempt, answer, state, state == StoredState.Waiting ? runAt : default);
}
