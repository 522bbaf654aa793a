using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Inbox;
using Silo.Storage.Postgres.Sql;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>Stores submits with idempotency keys, in a lane of their own: another program's open transaction may hold a key, and must not hold up those without.</summary>
internal sealed class InsertKeyedTasks(PostgresStoreOptions options)
{
    // A key whose lifetime is over is as good as none. Number 0 stands until the task's own is known, in this same transaction.
    private const string Claim = """
        INSERT INTO silo.idempotency_keys (key, id, number, fingerprint, expires_at)
        SELECT key, id, 0, fingerprint, now() + $4 FROM unnest($1, $2, $3) AS new (key, id, fingerprint) ORDER BY key
        ON CONFLICT (key) DO UPDATE SET id = excluded.id, number = 0, fingerprint = excluded.fingerprint, expires_at = excluded.expires_at
            WHERE idempotency_keys.expires_at <= now()
        RETURNING key
        """;

    private const string Complete = """
        UPDATE silo.idempotency_keys k SET number = new.number FROM unnest($1, $2) AS new (key, number) WHERE k.key = new.key
        """;

    private const string Read = "SELECT key, id, number, fingerprint FROM silo.idempotency_keys WHERE key = ANY($1)";

    // Of a key's task: it was enqueued in SQL, and is not taken in yet.
    private const long InInbox = 0;

    private const int TriesMax = 3;

    private readonly string _lockTimeout =
        string.Create(CultureInfo.InvariantCulture, $"SET LOCAL lock_timeout = {Math.Max(1, (long)options.KeyLockTimeout.TotalMilliseconds)}");

    public async Task ExecuteAsync(NpgsqlConnection connection, IReadOnlyList<InsertOperation> batch)
    {
        TaskSpec[] tasks = [.. batch.SelectMany(operation => operation.Tasks)];
        var prints = tasks.Select(task => task.IdempotencyKey is null ? null : TaskFingerprint.Compute(task)).ToArray();
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var waiting = await TryExecuteAsync(connection, batch, tasks, prints);
            if (waiting.Length == 0)
                return;
            // In a transaction of its own: whoever empties the inbox locks its rows first and the keys then, and here the keys are locked already.
            await TakeInbox.MoveKeyedAsync(connection, waiting);
        }

        throw new StoreUnavailableException("Tasks with these idempotency keys are enqueued in SQL as fast as they are looked up. Nothing was stored; send the same again.");
    }

    /// <returns>The keys whose tasks have no number yet. When there are any, nothing was stored.</returns>
    private async Task<string[]> TryExecuteAsync(NpgsqlConnection connection, IReadOnlyList<InsertOperation> batch, TaskSpec[] tasks, byte[]?[] prints)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await RunAsync(connection, _lockTimeout);
        var claimed = await ClaimAsync(connection, tasks, prints);
        TaskSpec[] fresh = [.. tasks.Where((task, index) => task.IdempotencyKey is null || claimed.GetValueOrDefault(task.IdempotencyKey, -1) == index)];
        var numbers = fresh.Zip(await InsertTasks.InsertAsync(connection, fresh)).ToLookup(pair => pair.First.Id, pair => pair.Second);
        await CompleteAsync(connection, claimed.ToDictionary(claim => claim.Key, claim => numbers[tasks[claim.Value].Id].First()));
        var kept = await ReadAsync(connection, tasks);
        // A conflict is answered as it is: its caller does not tell the scheduler.
        string[] waiting = [.. tasks.Where((task, index) => prints[index] is { } print && kept[task.IdempotencyKey!].IsDuplicate(task.Id, print)
            && kept[task.IdempotencyKey!].Number == InInbox).Select(task => task.IdempotencyKey!).Distinct()];
        if (waiting.Length > 0)
            return waiting;
        await transaction.CommitAsync();

        var next = 0;
        foreach (var operation in batch)
        {
            for (var index = 0; index < operation.Tasks.Count; index++, next++)
            {
                operation.Answers[index] = prints[next] is { } print
                    ? Judge(kept[operation.Tasks[index].IdempotencyKey!], operation.Tasks[index].Id, print)
                    : new InsertAnswer(InsertKind.Inserted, operation.Tasks[index].Id, numbers[operation.Tasks[index].Id].First());
            }
        }

        return [];
    }

    private static InsertAnswer Judge(KeptKey kept, TaskId id, byte[] fingerprint)
    {
        var kind = kept.IsDuplicate(id, fingerprint) ? InsertKind.Duplicate : InsertKind.KeyConflict;
        return new InsertAnswer(kept.Id == id ? InsertKind.Inserted : kind, kept.Id, kept.Number);
    }

    /// <summary>The keys that were free, each with the place of the first task that asks for it.</summary>
    private async Task<Dictionary<string, int>> ClaimAsync(NpgsqlConnection connection, TaskSpec[] tasks, byte[]?[] prints)
    {
        Dictionary<string, int> first = [];
        for (var index = 0; index < tasks.Length; index++)
        {
            if (tasks[index].IdempotencyKey is { } key)
                first.TryAdd(key, index);
        }

        var places = first.Values.ToArray();
        await using var command = connection.Statement(
            Claim,
            Parameters.Of([.. first.Keys]),
            Parameters.Of([.. places.Select(place => tasks[place].Id.Value)]),
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = places.Select(place => prints[place]!).ToArray() },
            Parameters.Of(options.IdempotencyKeyLifetime));
        await using var reader = await command.ExecuteReaderAsync();
        Dictionary<string, int> claimed = [];
        while (await reader.ReadAsync())
        {
            var key = reader.GetString(0);
            claimed[key] = first[key];
        }

        return claimed;
    }

    private static async Task CompleteAsync(NpgsqlConnection connection, Dictionary<string, long> numbers)
    {
        if (numbers.Count == 0)
            return;
        await using var command = connection.Statement(Complete, Parameters.Of([.. numbers.Keys]), Parameters.Of([.. numbers.Values]));
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A new statement: a key that was refused belongs to a transaction that has committed since the first one began.</summary>
    private static async Task<Dictionary<string, KeptKey>> ReadAsync(NpgsqlConnection connection, TaskSpec[] tasks)
    {
        string[] keys = [.. tasks.Select(task => task.IdempotencyKey).OfType<string>().Distinct()];
        Dictionary<string, KeptKey> kept = [];
        await using var command = connection.Statement(Read, Parameters.Of(keys));
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            kept[reader.GetString(0)] = new KeptKey(new TaskId(reader.GetGuid(1)), reader.GetInt64(2), reader.GetFieldValue<byte[]>(3));
        }

        return kept;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = connection.Statement(sql);
        await command.ExecuteNonQueryAsync();
    }

    private sealed record KeptKey(TaskId Id, long Number, byte[] Fingerprint)
    {
        public bool IsDuplicate(TaskId id, byte[] fingerprint) => Id != id && Fingerprint.AsSpan().SequenceEqual(fingerprint);
    }
}
