using Npgsql;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Rows;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>Reads of single tasks, of the counters and of the clock.</summary>
internal static class FindTasks
{
    private const string ById = "SELECT " + TaskRow.WholeColumns + " FROM silo.tasks t WHERE t.id = $1";

    private const string ByNumber = "SELECT " + TaskRow.WholeColumns + """
         FROM silo.tasks t
        WHERE t.number = $1 AND t.id = (
            SELECT a.ids[$1 - a.first_number + 1]
            FROM (SELECT first_number, ids FROM silo.arrivals WHERE first_number <= $1 ORDER BY first_number DESC LIMIT 1) a)
        """;

    private const string ByIds = "SELECT " + TaskRow.SnapshotColumns + " FROM silo.tasks t WHERE t.id = ANY($1)";

    // What is marked running is within the slots of all nodes, so it is counted; it is part of what the counter of state 0 holds.
    private const string Counts = """
        SELECT queue, state, sum(count)::bigint
        FROM (
            SELECT queue, state, count FROM silo.counters
            UNION ALL SELECT queue, state, delta FROM silo.counter_deltas
            UNION ALL SELECT t.queue, s.state, s.by FROM silo.tasks t, (VALUES (0::smallint, -1), (1::smallint, 1)) s (state, by) WHERE t.state = 1) c
        GROUP BY queue, state
        HAVING sum(count) <> 0
        """;

    public static Task<TaskDetails?> FindAsync(NpgsqlConnection connection, TaskId id, CancellationToken cancellationToken) =>
        FindOneAsync(connection.Statement(ById, Parameters.Of(id)), cancellationToken);

    public static Task<TaskDetails?> FindAsync(NpgsqlConnection connection, long number, CancellationToken cancellationToken) =>
        FindOneAsync(connection.Statement(ByNumber, Parameters.Of(number)), cancellationToken);

    public static async Task<IReadOnlyList<TaskSnapshot>> ReadSnapshotsAsync(NpgsqlConnection connection, IReadOnlyList<TaskId> ids, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement(ByIds, Parameters.Of(ids));
        return await command.ReadAllAsync(TaskRow.ReadSnapshot, cancellationToken);
    }

    public static async Task<IReadOnlyList<TaskCount>> CountAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement(Counts);
        return await command.ReadAllAsync(row => new TaskCount(row.ReadText(), row.ReadState(), row.ReadInt64()), cancellationToken);
    }

    public static async Task<DateTimeOffset> ReadTimeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement("SELECT date_trunc('milliseconds', clock_timestamp())");
        return (await command.ReadAllAsync(row => row.ReadTime(), cancellationToken))[0];
    }

    private static async Task<TaskDetails?> FindOneAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using (command)
        {
            return (await command.ReadAllAsync(TaskRow.ReadDetails, cancellationToken)).FirstOrDefault();
        }
    }
}
