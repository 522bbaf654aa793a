using Npgsql;
using Silo.Core.Storage;
using Silo.Storage.Postgres.Rows;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Inbox;

/// <summary>Moves the inbox's next rows into the tasks and the record of cancels, in one transaction.</summary>
internal static class TakeInbox
{
    /// <summary>Rows moved at once.</summary>
    public const int RowsMax = 1000;

    private const string Next = "SELECT number, type IS NULL FROM silo.inbox WHERE number > $1 ORDER BY number LIMIT $2";

    // What silo.enqueue leaves to be worked out, in the order of the names.
    private const string Worked = """
        p.id, p.queue, p.type, p.priority, date_trunc('milliseconds', coalesce(p.run_at, p.created_at)), coalesce((p.rest ->> 'attempts_max')::integer, 3),
        convert_to(p.payload, 'UTF8'), (p.rest ->> 'timeout_ms')::bigint, p.rest ->> 'idempotency_key', p.rest ->> 'correlation_id', nullif(p.rest -> 'labels', '{}')
        """;

    // silo.enqueue has looked at these already; a row that was written past it must not become a task that no program expects.
    private const string IsATask = """
        ((p.type <> '' AND p.queue <> '' AND p.priority BETWEEN 0 AND 100 AND coalesce((p.rest ->> 'attempts_max')::integer, 3) >= 1
            AND coalesce((p.rest ->> 'timeout_ms')::bigint, 1) >= 1) IS TRUE OR silo.refuse_row(p.type, p.queue, p.priority, p.rest))
        """;

    private const string TakeTasks = $"""
        WITH taken AS (DELETE FROM silo.inbox WHERE number = ANY($1) RETURNING *),
        block AS MATERIALIZED (SELECT silo.take_numbers(count(*)::integer) AS first FROM taken HAVING count(*) > 0),
        placed AS (
            SELECT block.first + row_number() OVER (ORDER BY taken.number) - 1 AS task_number, taken.* FROM taken, block),
        added AS (
            INSERT INTO silo.tasks AS t (number, created_at, id, queue, type, priority, run_at, attempts_max, payload, timeout_ms, idempotency_key, correlation_id, labels)
            SELECT p.task_number, date_trunc('milliseconds', p.created_at), {Worked} FROM placed p WHERE {IsATask} ORDER BY p.id
            ON CONFLICT (id) DO NOTHING
            RETURNING {TaskRow.WaitingColumns}),
        arrived AS (
            INSERT INTO silo.arrivals (first_number, size, live, ids)
            SELECT block.first, ids.size, added.rows, ids.ids
            FROM block, (SELECT count(*) AS size, array_agg(id ORDER BY task_number) AS ids FROM placed) ids, (SELECT count(*) AS rows FROM added) added
            WHERE added.rows > 0),
        counted AS (INSERT INTO silo.counter_deltas SELECT queue, 0, priority, count(*) FROM added GROUP BY queue, priority),
        keyed AS (
            UPDATE silo.idempotency_keys k SET number = placed.task_number FROM placed WHERE k.key = placed.rest ->> 'idempotency_key' AND k.id = placed.id)
        SELECT * FROM added
        """;

    private const string AreGone = "SELECT NOT EXISTS (SELECT FROM silo.inbox WHERE number = ANY($1))";

    private const string Delete = "DELETE FROM silo.inbox i WHERE number = $1 RETURNING left(to_jsonb(i)::text, 2000)";

    private const string WithKeys = """
        SELECT i.number FROM silo.idempotency_keys k JOIN silo.inbox i ON i.number = k.inbox_number AND i.id = k.id WHERE k.key = ANY($1) ORDER BY i.number
        """;

    private const string TakeCancels = """
        WITH taken AS (DELETE FROM silo.inbox WHERE number = ANY($1) RETURNING id),
        open AS (SELECT DISTINCT t.id FROM taken, silo.tasks t WHERE t.id = taken.id AND t.state < 2),
        asked AS (INSERT INTO silo.cancels (id) SELECT id FROM open ORDER BY id ON CONFLICT (id) DO NOTHING)
        SELECT id FROM open
        """;

    /// <param name="after">No row at or below it is left.</param>
    public static async Task<IReadOnlyList<InboxRow>> LookAsync(NpgsqlConnection connection, long after, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement(Next, Parameters.Of(after), Parameters.Of(RowsMax));
        return await command.ReadAllAsync(row => new InboxRow(row.ReadInt64(), row.ReadBool()), cancellationToken);
    }

    /// <param name="committing">Told of the batch before its commit, whose answer may be lost.</param>
    public static async Task<InboxBatch> MoveAsync(
        NpgsqlConnection connection, IReadOnlyList<InboxRow> rows, Action<InboxBatch> committing, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // A cancel always comes after its task, and a batch is taken in order: the task is there, from this batch or one before.
        var tasks = await TakeAsync(connection, TakeTasks, [.. rows.Where(row => !row.IsCancel).Select(row => row.Number)], TaskRow.ReadWaiting, cancellationToken);
        var cancels = await TakeAsync(connection, TakeCancels, [.. rows.Where(row => row.IsCancel).Select(row => row.Number)], row => row.ReadId(), cancellationToken);
        var batch = new InboxBatch(tasks, cancels);
        committing(batch);
        await transaction.CommitAsync(CancellationToken.None);
        return batch;
    }

    /// <summary>None of these rows is in the inbox any more: a move of all of them has been committed.</summary>
    public static async Task<bool> AreMovedAsync(NpgsqlConnection connection, IReadOnlyList<InboxRow> rows, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement(AreGone, Parameters.Of([.. rows.Select(row => row.Number)]));
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <returns>What it was, as JSON, cut to 2,000 characters.</returns>
    public static async Task<string> DeleteAsync(NpgsqlConnection connection, InboxRow row, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement(Delete, Parameters.Of(row.Number));
        return await command.ExecuteScalarAsync(cancellationToken) as string ?? $"number {row.Number}, gone already";
    }

    /// <summary>Moves the tasks that have one of these keys; one that is gone already is no matter. Their scheduler is to be told by whoever asks.</summary>
    public static async Task MoveKeyedAsync(NpgsqlConnection connection, string[] keys)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.Statement(WithKeys, Parameters.Of(keys));
        var numbers = await command.ReadAllAsync(row => row.ReadInt64());
        await TakeAsync(connection, TakeTasks, [.. numbers], TaskRow.ReadWaiting, CancellationToken.None);
        await transaction.CommitAsync();
    }

    private static async Task<List<T>> TakeAsync<T>(
        NpgsqlConnection connection, string sql, long[] numbers, Func<RowReader, T> read, CancellationToken cancellationToken)
    {
        if (numbers.Length == 0)
            return [];
        await using var command = connection.Statement(sql, Parameters.Of(numbers));
        return await command.ReadAllAsync(read, cancellationToken);
    }
}

/// <param name="Number">Its place in the inbox.</param>
/// <param name="IsCancel">A request to cancel; else a task.</param>
internal readonly record struct InboxRow(long Number, bool IsCancel);
