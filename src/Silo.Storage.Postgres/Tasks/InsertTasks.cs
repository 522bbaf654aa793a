using Npgsql;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>Stores new tasks in one statement; what is there already, by its id, is answered and not touched.</summary>
/// <remarks>Ids are hardly ever sent twice, and looking out for it costs the server a fifth of an insert. So the first try does not: its unique index refuses, and then the careful
/// statement has its turn.</remarks>
internal static class InsertTasks
{
    private const int TriesMax = 3;

    // Numbers follow the caller's order; rows are written in the order of ids, so that two batches with the same ids wait for each other and never both ways.
    private const string CarefulInsert = $"""
        WITH block AS MATERIALIZED (SELECT silo.take_numbers(cardinality($1)) AS first),
        added AS (
            INSERT INTO silo.tasks (number, {NewTaskColumns.Names})
            SELECT block.first + place - 1, {NewTaskColumns.Names}
            FROM block, unnest({NewTaskColumns.Places}) WITH ORDINALITY AS new ({NewTaskColumns.Names}, place)
            ORDER BY id
            ON CONFLICT (id) DO NOTHING
            RETURNING queue, priority),
        arrived AS (
            INSERT INTO silo.arrivals (first_number, size, live, ids)
            SELECT block.first, cardinality($1), added.rows, $1 FROM block, (SELECT count(*) AS rows FROM added) added WHERE added.rows > 0),
        counted AS (INSERT INTO silo.counter_deltas SELECT queue, 0, priority, count(*) FROM added GROUP BY queue, priority)
        SELECT block.first, (SELECT count(*) FROM added) FROM block
        """;

    private const string NewInsert = $"""
        WITH {Block},
        added AS (
            INSERT INTO silo.tasks (number, created_at, {NewTaskColumns.Names})
            SELECT block.first + place - 1, block.now, {NewTaskColumns.Names}
            FROM block, unnest({NewTaskColumns.Places}) WITH ORDINALITY AS new ({NewTaskColumns.Names}, place)
            ORDER BY id),
        counted AS (INSERT INTO silo.counter_deltas SELECT queue, 0, priority, count(*) FROM unnest($2, $4) AS new (queue, priority) GROUP BY queue, priority)
        SELECT first FROM block
        """;

    // The arrays are unnested in a target list, which hands each row on at once; in FROM they would be stored first.
    private const string AlikeInsert = $"""
        WITH {Block},
        added AS (
            INSERT INTO silo.tasks (number, created_at, id, queue, type, priority, run_at, attempts_max, payload)
            SELECT number, now, id, $4, $5, $6, run_at, $7, payload
            FROM (
                SELECT now, generate_series(first, first + cardinality($1) - 1) AS number, unnest($1) AS id, unnest($2) AS run_at, unnest($3) AS payload
                FROM block) new),
        counted AS (INSERT INTO silo.counter_deltas VALUES ($4, 0, $6, cardinality($1)))
        SELECT first FROM block
        """;

    // One task, as an interactive caller submits it: no arrays to take apart, and less for the server to set up, which is most of what one row costs.
    private const string LoneInsert = """
        WITH block AS MATERIALIZED (SELECT silo.take_number() AS first),
        arrived AS (INSERT INTO silo.arrivals (first_number, size, live, ids) SELECT first, 1, 1, ARRAY[$1] FROM block),
        counted AS (INSERT INTO silo.counter_deltas VALUES ($4, 0, $6, 1))
        INSERT INTO silo.tasks (number, created_at, id, queue, type, priority, run_at, attempts_max, payload)
        SELECT first, date_trunc('milliseconds', now()), $1, $4, $5, $6, $2, $7, $3 FROM block
        RETURNING number
        """;

    // What is new is all of it inserted, or nothing is, so nobody need ask the table how many there were.
    private const string Block = """
        block AS MATERIALIZED (SELECT silo.take_numbers(cardinality($1)) AS first, date_trunc('milliseconds', now()) AS now),
        arrived AS (INSERT INTO silo.arrivals (first_number, size, live, ids) SELECT block.first, cardinality($1), cardinality($1), $1 FROM block)
        """;

    private const string Numbers = "SELECT id, number FROM silo.tasks WHERE id = ANY($1)";

    public static async Task ExecuteAsync(NpgsqlConnection connection, IReadOnlyList<InsertOperation> batch)
    {
        var tasks = batch.Count == 1 ? batch[0].Tasks : [.. batch.SelectMany(operation => operation.Tasks)];
        var numbers = await TryInsertNewAsync(connection, tasks) ?? await InsertAsync(connection, tasks);
        var next = 0;
        foreach (var operation in batch)
        {
            for (var index = 0; index < operation.Tasks.Count; index++)
            {
                operation.Answers[index] = new InsertAnswer(InsertKind.Inserted, operation.Tasks[index].Id, numbers[next++]);
            }
        }
    }

    /// <summary>As part of a transaction of the caller's, or as one of its own.</summary>
    /// <returns>The number of each task, in the order given.</returns>
    public static async Task<long[]> InsertAsync(NpgsqlConnection connection, IReadOnlyList<TaskSpec> tasks)
    {
        if (tasks.Count == 0)
            return [];

        for (var tries = 0; tries < TriesMax; tries++)
        {
            var (first, added) = await InsertCarefullyAsync(connection, NewTaskColumns.Of(tasks).ToParameters());
            if (added == tasks.Count)
                return NumbersFrom(first, tasks.Count);

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

    /// <returns>Null when an id is in the table already, or comes twice; nothing was stored then.</returns>
    private static async Task<long[]?> TryInsertNewAsync(NpgsqlConnection connection, IReadOnlyList<TaskSpec> tasks)
    {
        try
        {
            await using var command =
                !AlikeTasks.Are(tasks) ? connection.Statement(NewInsert, NewTaskColumns.Of(tasks).ToParameters())
                : tasks.Count == 1 ? connection.Statement(LoneInsert, AlikeTasks.ToParameters(tasks[0]))
                : connection.Statement(AlikeInsert, AlikeTasks.ToParameters(tasks));
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            var first = reader.GetInt64(0);
            // The commit's own error comes after the rows.
            await reader.NextResultAsync();
            return NumbersFrom(first, tasks.Count);
        }
        catch (PostgresException refusal) when (refusal is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "tasks_id" })
        {
            return null;
        }
    }

    private static async Task<(long First, long Added)> InsertCarefullyAsync(NpgsqlConnection connection, NpgsqlParameter[] parameters)
    {
        await using var command = connection.Statement(CarefulInsert, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var answer = (reader.GetInt64(0), reader.GetInt64(1));
        await reader.NextResultAsync();
        return answer;
    }

    private static long[] NumbersFrom(long first, int count)
    {
        var numbers = new long[count];
        for (var index = 0; index < count; index++)
        {
            numbers[index] = first + index;
        }

        return numbers;
    }
}
