using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Rows;
using Silo.Storage.Postgres.Sql;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>An operator's retry: the attempt counts on, so that nothing an earlier attempt still reports can count.</summary>
internal static class RetryTasks
{
    private const string Lock = "SELECT id, state FROM silo.tasks WHERE id = ANY($1) ORDER BY id FOR UPDATE";

    private const string PutBack = $"""
        WITH found AS MATERIALIZED (SELECT id, state FROM silo.tasks WHERE id = ANY($1) AND state IN (3, 4)),
        back AS (
            UPDATE silo.tasks t SET state = 0, attempt = t.attempt + 1, attempts_max = greatest(t.attempts_max, t.attempt + 1), deaths = 0, run_at = $2,
                incarnation = 0, started_at = NULL, finished_at = NULL, error_code = NULL, error_message = NULL, result = NULL
            FROM found WHERE t.id = found.id
            RETURNING {TaskRow.WaitingColumns}, found.state),
        counted AS (
            INSERT INTO silo.counter_deltas
            SELECT queue, 0, priority, count(*) FROM back GROUP BY queue, priority
            UNION ALL SELECT queue, state, 0, -count(*) FROM back GROUP BY queue, state)
        SELECT * FROM back
        """;

    public static async Task<IReadOnlyList<RetryAnswer>> ExecuteAsync(WriteTransaction transaction, IReadOnlyList<TaskId> ids, DateTimeOffset runAt)
    {
        // Locked before the statement that changes them, so that this one sees what is true.
        var found = (await transaction.ReadAsync(row => (Id: row.ReadId(), State: row.ReadState()), Lock, Parameters.Of(ids))).ToDictionary(row => row.Id, row => row.State);
        var back = (await transaction.ReadAsync(TaskRow.ReadWaiting, PutBack, Parameters.Of(ids), Parameters.Of(runAt))).ToDictionary(task => task.Spec.Id);
        if (back.Count > 0)
            await Cancels.RemoveAsync(transaction, [.. back.Keys]);

        // An id that is named twice was retried once, by its first mention.
        HashSet<TaskId> told = [];
        return [.. ids.Select(id => found.TryGetValue(id, out var state)
            ? Answer(id, state, told.Add(id) ? back.GetValueOrDefault(id) : null, back.ContainsKey(id))
            : new RetryAnswer(id, Found: false, default, null))];
    }

    private static RetryAnswer Answer(TaskId id, StoredState state, WaitingTask? task, bool retried) =>
        new(id, Found: true, retried && task is null ? StoredState.Waiting : state, task);
}
