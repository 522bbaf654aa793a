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

    private static readonly string CarefulInsert = Insert(NewTaskColumns.Names, NewTaskColumns.Places, "ON CONFLICT (id) DO NOTHING");
    private static readonly string NewInsert = Insert(NewTaskColumns.Names, NewTaskColumns.Places, "");
    private static readonly string NewPlainInsert = Insert(NewTaskColumns.PlainNames, NewTaskColumns.PlainPlaces, "");

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
            var (first, added) = await RunAsync(connection, CarefulInsert, NewTaskColumns.Of(tasks).ToParameters());
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
        var columns = NewTaskColumns.Of(tasks);
        try
        {
            var (first, added) = await (columns.IsPlain
                ? RunAsync(connection, NewPlainInsert, columns.ToPlainParameters())
                : RunAsync(connection, NewInsert, columns.ToParameters()));
            return NumbersFrom(first, (int)added);
        }
        catch (PostgresException refusal) when (refusal is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "tasks_id" })
        {
            return null;
        }
    }

    private static async Task<(long First, long Added)> RunAsync(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters)
    {
        await using var command = connection.Statement(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var answer = (reader.GetInt64(0), reader.GetInt64(1));
        // The commit's own error comes after the rows.
        while (await reader.NextResultAsync())
        {
        }

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

    // Numbers follow the caller's order; rows are written in the order of ids, so that two batches with the same ids wait for each other and never both ways.
    private static string Insert(string names, string places, string conflict) => $"""
        WITH block AS MATERIALIZED (SELECT silo.take_numbers(cardinality($1)) AS first),
        added AS (
            INSERT INTO silo.tasks (number, {names})
            SELECT block.first + place - 1, {names}
            FROM block, unnest({places}) WITH ORDINALITY AS new ({names}, place)
            ORDER BY id
            {conflict}
            RETURNING queue, priority),
        arrived AS (
            INSERT INTO silo.arrivals (first_number, size, live, ids)
            SELECT block.first, cardinality($1), added.rows, $1 FROM block, (SELECT count(*) AS rows FROM added) added WHERE added.rows > 0),
        counted AS (INSERT INTO silo.counter_deltas SELECT queue, 0, priority, count(*) FROM added GROUP BY queue, priority)
        SELECT block.first, (SELECT count(*) FROM added) FROM block
        """;
}
