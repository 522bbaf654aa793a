using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Rows;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Tasks;

/// <summary>An operator's retry: the attempt counts on, so that nothing an earlier attempt still reports can count.</summary>
internal static class RetryTasks
{
    private const string PutBack = """
        UPDATE tasks SET state = 0, attempt = attempt + 1, attempts_max = max(attempts_max, attempt + 1), deaths = 0, run_at = ?, incarnation = 0,
            started_at = NULL, finished_at = NULL, error_code = NULL, error_message = NULL, result = NULL
        WHERE id = ?
        """;

    private const string ReadBack = "SELECT " + TaskRow.WaitingColumns + " FROM tasks WHERE id = ?";

    public static IReadOnlyList<RetryAnswer> Execute(WriteTransaction transaction, IReadOnlyList<TaskId> ids, DateTimeOffset runAt)
    {
        var answers = new RetryAnswer[ids.Count];
        for (var index = 0; index < ids.Count; index++)
        {
            answers[index] = RetryOne(transaction, ids[index], runAt);
        }

        return answers;
    }

    private static RetryAnswer RetryOne(WriteTransaction transaction, TaskId id, DateTimeOffset runAt)
    {
        var row = transaction.Prepare("SELECT state FROM tasks WHERE id = ?").Bind(id);
        if (!row.Step())
        {
            return new RetryAnswer(id, Found: false, default, null);
        }

        var state = row.ReadState();
        if (state is not (StoredState.Failed or StoredState.Cancelled))
        {
            return new RetryAnswer(id, Found: true, state, null);
        }

        row.Reset();
        transaction.Prepare(PutBack).Bind(runAt).Bind(id).Run();
        Cancels.Remove(transaction, id);
        var back = transaction.Prepare(ReadBack).Bind(id);
        back.Step();
        var task = TaskRow.ReadWaiting(back);
        transaction.Counters.Moved(task.Spec.Queue, state, StoredState.Waiting);
        return new RetryAnswer(id, Found: true, state, task);
    }
}
