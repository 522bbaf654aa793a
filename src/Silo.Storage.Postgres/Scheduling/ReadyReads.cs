using Npgsql;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Rows;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Scheduling;

/// <summary>What waits, in the order in which it is started.</summary>
internal static class ReadyReads
{
    private const string Waiting = "SELECT " + TaskRow.WaitingColumns + """
         FROM silo.tasks t
        WHERE t.state = 0 AND t.queue = $1 AND t.priority = $2 AND (t.run_at, t.id) >= ($3, $4)
        ORDER BY t.run_at, t.id LIMIT $5
        """;

    // From the counters: the head of the index may lie behind very many entries of rows that are done, while a long transaction keeps them from being removed.
    private const string Priorities = """
        SELECT priority
        FROM (
            SELECT priority, count FROM silo.counters WHERE queue = $1 AND state = 0
            UNION ALL SELECT priority, delta FROM silo.counter_deltas WHERE queue = $1 AND state = 0
            UNION ALL SELECT priority, -1 FROM silo.tasks WHERE queue = $1 AND state = 1) c
        GROUP BY priority
        HAVING sum(count) > 0
        ORDER BY priority DESC
        """;

    public static async Task<IReadOnlyList<int>> ReadPrioritiesAsync(NpgsqlConnection connection, string queue, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement(Priorities, Parameters.Of(queue));
        return await command.ReadAllAsync(row => row.ReadInt16(), cancellationToken);
    }

    public static async Task<IReadOnlyList<WaitingTask>> ReadAsync(
        NpgsqlConnection connection, string queue, int priority, ReadyKey from, int limit, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement(
            Waiting, Parameters.Of(queue), Parameters.OfSmall(priority), Parameters.Of(from.RunAt), Parameters.Of(from.Id), Parameters.Of(limit));
        return await command.ReadAllAsync(TaskRow.ReadWaiting, cancellationToken);
    }
}
