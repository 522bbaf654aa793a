using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Outcomes;
using Silo.Storage.Postgres.Sql;
using Silo.Storage.Postgres.Tasks;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres.Scheduling;

/// <summary>Makes cancels final. The scheduler names only tasks that no node holds, so a row still marked running is a mark that outlived its node.</summary>
internal static class CancelWaiting
{
    private const string Cancel = $"""
        WITH done AS (
            UPDATE silo.tasks t SET state = 4, incarnation = 0, finished_at = {OutcomeSql.Now}
            FROM unnest($1) AS asked (id), silo.cancels c
            WHERE c.id = asked.id AND t.id = asked.id AND t.state < 2
            RETURNING t.id, t.queue, t.priority, t.state, t.finished_at),
        {OutcomeSql.Ended}
        SELECT id FROM done
        """;

    private const string Open = "SELECT id FROM silo.tasks WHERE id = ANY($1) AND state < 2";

    public static async Task<CancelWaitingAnswer> ExecuteAsync(WriteTransaction transaction, string pool, long epoch, IReadOnlyList<TaskId> ids)
    {
        if (!await Epochs.IsLatestAsync(transaction, pool, epoch))
            return new CancelWaitingAnswer(EpochAnswer.StaleEpoch, [], []);

        TaskId[] sorted = [.. ids.Distinct().Order()];
        HashSet<TaskId> cancelled = [.. await transaction.ReadAsync(row => row.ReadId(), Cancel, Parameters.Of(sorted))];
        HashSet<TaskId> open = [.. await transaction.ReadAsync(row => row.ReadId(), Open, Parameters.Of(sorted))];
        TaskId[] settled = [.. ids.Distinct().Where(id => !cancelled.Contains(id) && !open.Contains(id))];
        if (settled.Length > 0)
            await Cancels.RemoveAsync(transaction, settled);
        return new CancelWaitingAnswer(EpochAnswer.Done, [.. ids.Distinct().Where(cancelled.Contains)], settled);
    }
}
