using Npgsql;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>Stores new tasks in one statement; what is there already, by its id, is answered and not touched.</summary>
internal static class InsertTasks
{
    private const int TriesMax = 3;

    // Numbers follow the caller's order; rows are written in the order of ids, so that two batches with the same ids wait for each other and never both ways.
    private const string Insert = $"""
        WITH block AS MATERIALIZED (SELECT silo.take_numbers(cardinality($1)) AS first),
        added AS (
            INSERT INTO silo.tasks (number, {NewTaskColumns.Names})
            SELECT block.first + place - 1, {NewTaskColumns.Names}
            FROM block, unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) WITH ORDINALITY AS new ({NewTaskColumns.Names}, place)
            ORDER BY id
            ON CONFLICT (id) DO NOTHING
            RETURNING queue, priority),
        arrived AS (
            INSERT INTO silo.arrivals (first_number, size, live, ids)
            SELECT block.first, cardinality($1), added.rows, $1 FROM block, (SELECT count(*) AS rows FROM added) added WHERE added.rows > 0),
        counted AS (INSERT INTO silo.counter_deltas SELECT queue, 0, priority, count(*) FROM added GROUP BY queue, priority)
        SELECT block.first, (SELECT count(*) FROM added) FROM block
        """;

    private const string Numbers = "SELECT id, number FROM silo.tasks WHERE id = ANY($1)";

    public static async Task ExecuteAsync(NpgsqlConnection connection, IReadOnlyList<InsertOperation> batch)
    {
        var tasks = batch.Count == 1 ? batch[0].Tasks : [.. batch.SelectMany(operation => operation.Tasks)];
        var numbers = await InsertAsync(connection, tasks);
        var next = 0;
        foreach (var operation in batch)
        {
            for (var index = 0; index < operation.Tasks.Count; index++)
            {
                operation.Answers[index] = new InsertAnswer(InsertKind.Inserted, operation.Tasks[index].Id, numbers[next++]);
            }
        }
    }

    /// <returns>The number of each task, in the order given.</returns>
    public static async Task<long[]> InsertAsync(NpgsqlConnection connection, IReadOnlyList<TaskSpec> tasks)
    {
        if (tasks.Count == 0)
            return [];

        for (var tries = 0; tries < TriesMax; tries++)
        {
            var (first, added) = await TryInsertAsync(connection, tasks);
            if (added == tasks.Count)
                return [.. Enumerable.Range(0, tasks.Count).Select(index => first + index)];

            var known = await ReadNumbersAsync(connection, tasks.Select(task => task.Id).ToArray());
            if (tasks.All(task => known.ContainsKey(task.Id)))
                return [.. tasks.Select(task => known[task.Id])];
            // A row that was there has been deleted since: the next sending is its first.
        }

        throw new StoreUnavailableException("Tasks with these ids are deleted as fast as they are stored; submit them under new ids.");
    }

    /// <summary>A new statement, so that it sees what made the rows of the first one conflict.</summary>
    public static async Task<Dictionary<TaskId, long>> ReadNumbersAsync(NpgsqlConnection connection, IReadOnlyList<TaskId> ids)
    {
        Dictionary<TaskId, long> numbers = [];
        await using var command = connection.Statement(Numbers, Parameters.Of(ids));
        await using var reader = await command.ExecuteReaderAsync();
        var row = new RowReader(reader);
        while (await row.NextAsync(default))
        {
            numbers[row.ReadId()] = row.ReadInt64();
        }

        return numbers;
    }

    private static async Task<(long First, long Added)> TryInsertAsync(NpgsqlConnection connection, IReadOnlyList<TaskSpec> tasks)
    {
        await using var command = connection.Statement(Insert, NewTaskColumns.Of(tasks).ToParameters());
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var answer = (reader.GetInt64(0), reader.GetInt64(1));
        // The commit's own error comes after the rows.
        while (await reader.NextResultAsync())
        {
        }

        return answer;
    }
}
