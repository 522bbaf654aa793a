using System.Text;
using Npgsql;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Storage.Postgres.Tests;

/// <summary>What other programs do with Silo's functions, and what a server finds of it.</summary>
public sealed class EnqueueTests : PostgresStoreTests
{
    [Fact]
    public async Task Enqueue_EveryArgument_BecomesAnEqualTask()
    {
        var store = Open();
        var due = new DateTimeOffset(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

        var id = new TaskId(await Database.ReadAsync<Guid>("""
            SELECT silo.enqueue('mail.send', '{"to": "ü"}', queue => 'mail', priority => 77, run_at => '2030-01-02 03:04:05.678+00', attempts_max => 9,
                timeout => '90 seconds', labels => '{"tenant": "blue"}', correlation_id => 'c1')
            """));
        var taken = Assert.Single((await TakeAsync(store)).Tasks);

        var expected = (id, "mail.send", "mail", 77, due, 9, TimeSpan.FromSeconds(90), "c1");
        Assert.Equal(expected, Fields(taken.Spec));
        var found = await store.FindAsync(id, Never);
        Assert.Equal(expected, Fields(found!.Spec));
        Assert.Equal("""{"to": "ü"}""", Encoding.UTF8.GetString(found.Spec.Payload.Span));
        Assert.Equal("blue", found.Spec.Labels!["tenant"]);
        Assert.Equal(id, (await store.FindByNumberAsync(found.Number, Never))!.Spec.Id);
        Assert.Equal(new TaskCount("mail", StoredState.Waiting, 1), Assert.Single(await store.CountAsync(Never)));

        static (TaskId, string, string, int, DateTimeOffset, int, TimeSpan, string?) Fields(TaskSpec spec) =>
            (spec.Id, spec.Type, spec.Queue, spec.Priority, spec.RunAt, spec.Retry.AttemptsMax, spec.Timeout, spec.CorrelationId);
    }

    [Fact]
    public async Task Enqueue_NothingButAType_HasTheDefaultsOfASubmit()
    {
        var store = Open();
        await Database.ReadAsync<Guid>("SELECT silo.enqueue('echo')");

        var spec = Assert.Single((await TakeAsync(store)).Tasks).Spec;

        var plain = new TaskSpec { Id = spec.Id, Type = "echo", Queue = "default", RunAt = spec.RunAt };
        Assert.Equal(plain with { Payload = default }, spec with { Payload = default });
        Assert.True(spec.Payload.IsEmpty);
        Assert.Equal(TimeSpan.Zero, TimeSpan.FromTicks(spec.RunAt.Ticks % TimeSpan.TicksPerMillisecond));
    }

    [Fact]
    public async Task Enqueue_ArgumentThatIsAnotherAtEachReading_IsReadOnce()
    {
        var store = Open();
        await Database.ExecuteAsync("CREATE SEQUENCE orders; SELECT silo.enqueue('echo', to_jsonb(nextval('orders')))");

        Assert.Equal("1", Encoding.UTF8.GetString(Assert.Single((await TakeAsync(store)).Tasks).Spec.Payload.Span));
        Assert.Equal(2, await Database.ReadAsync<long>("SELECT nextval('orders')"));
    }

    [Fact]
    public async Task Enqueue_SessionsThatSeededTheirChanceAlike_HaveIdsOfTheirOwn()
    {
        Open();
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => BeginAsync("SELECT setseed(0.5); SELECT silo.enqueue('echo') FROM generate_series(1, 200)")));
        await Task.WhenAll(made.Select(connection => EndAsync(connection, "COMMIT")));

        Assert.Equal(800, await Database.ReadAsync<long>("SELECT count(DISTINCT id) FROM silo.inbox"));
        // The bits of a version 7 UUID that are not chance, and the time.
        Assert.Equal(800, await Database.ReadAsync<long>(
            "SELECT count(*) FROM silo.inbox WHERE id::text ~ '^.{8}-.{4}-7.{3}-[89ab].{3}-.{12}$' AND abs(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint - extract(epoch FROM now()) * 1000) < 600000"));
    }

    [Fact]
    public async Task Enqueue_RolledBack_LeavesNothing()
    {
        var store = Open();
        await Database.ExecuteAsync("BEGIN; SELECT silo.enqueue('echo', idempotency_key => 'k'); ROLLBACK");
        var kept = await Database.ReadAsync<Guid>("SELECT silo.enqueue('echo', idempotency_key => 'k')");

        Assert.Equal(new TaskId(kept), Assert.Single((await TakeAsync(store)).Tasks).Spec.Id);
    }

    [Fact]
    public async Task Enqueue_WhileTheReaderSleeps_WakesIt()
    {
        var store = Open();
        var taking = store.TakeAsync(Never);
        await AsleepAsync();

        var id = await Database.ReadAsync<Guid>("SELECT silo.enqueue('echo')");

        Assert.Equal(new TaskId(id), Assert.Single((await Await.Within(taking, Limit, "the inbox to be read")).Tasks).Spec.Id);
    }

    [Fact]
    public async Task Enqueue_InATransactionThatWasOpenBeforeTheReaderLayDown_IsSeenAtItsCommit()
    {
        var store = Open();
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var id = await EnqueueAsync(connection, "SELECT silo.enqueue('echo')");
        var taking = store.TakeAsync(Never);
        // Others come and are taken; this one keeps the reader from sleeping, so that nobody needs to wake it.
        var other = await Database.ReadAsync<Guid>("SELECT silo.enqueue('echo')");
        Assert.Equal(new TaskId(other), Assert.Single((await Await.Within(taking, Limit, "the other task")).Tasks).Spec.Id);
        taking = store.TakeAsync(Never);

        await transaction.CommitAsync();

        Assert.Equal(new TaskId(id), Assert.Single((await Await.Within(taking, Limit, "the task of the long transaction")).Tasks).Spec.Id);
    }

    [Fact]
    public async Task Enqueue_InATransactionThatFoundTheReaderAsleep_IsSeenAfterOthersWokeIt()
    {
        var store = Open();
        var taking = store.TakeAsync(Never);
        await AsleepAsync();
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var id = await EnqueueAsync(connection, "SELECT silo.enqueue('echo')");
        await Database.ReadAsync<Guid>("SELECT silo.enqueue('echo')");
        await Await.Within(taking, Limit, "the other task");
        taking = store.TakeAsync(Never);
        await AsleepAsync();

        await transaction.CommitAsync();

        Assert.Equal(new TaskId(id), Assert.Single((await Await.Within(taking, Limit, "the task of the long transaction")).Tasks).Spec.Id);
    }

    [Fact]
    public async Task Enqueue_WhileManyThatFoundTheReaderAsleepStayOpen_IsSeen()
    {
        var store = Open();
        var taking = store.TakeAsync(Never);
        await AsleepAsync();
        // As many as may wake it; while they are open, whoever comes leaves it to them.
        var open = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => BeginAsync("SELECT silo.enqueue('echo')")));

        var id = await Database.ReadAsync<Guid>("SELECT silo.enqueue('echo')");

        Assert.Equal(0, await Database.ReadAsync<long>("SELECT 8 - count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid BETWEEN 16 AND 23 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
        Assert.Equal(new TaskId(id), Assert.Single((await Await.Within(taking, Limit, "the inbox to be read")).Tasks).Spec.Id);
        taking = store.TakeAsync(Never);
        await Task.WhenAll(open.Select(connection => EndAsync(connection, "ROLLBACK")));
        var last = await Database.ReadAsync<Guid>("SELECT silo.enqueue('echo')");
        Assert.Equal(new TaskId(last), Assert.Single((await Await.Within(taking, Limit, "the inbox to be read")).Tasks).Spec.Id);
    }

    [Fact]
    public async Task Enqueue_ManyAtOnce_AreAllTakenOnce()
    {
        var store = Open();
        var writers = Enumerable.Range(0, 8).Select(_ => Database.ExecuteAsync("DO $$ BEGIN FOR i IN 1..250 LOOP PERFORM silo.enqueue('echo'); COMMIT; END LOOP; END $$"));
        var all = Task.WhenAll(writers);

        List<TaskId> taken = [];
        while (taken.Count < 2000)
        {
            taken.AddRange((await TakeAsync(store)).Tasks.Select(task => task.Spec.Id));
        }

        await all;
        Assert.Equal(2000, taken.Distinct().Count());
        Assert.Equal(2000, await Database.ReadAsync<long>("SELECT count(*) FROM silo.tasks"));
        Assert.Equal(0, await Database.ReadAsync<long>("SELECT count(*) FROM silo.inbox"));
        Assert.Equal(new TaskCount("default", StoredState.Waiting, 2000), Assert.Single(await store.CountAsync(Never)));
    }

    [Fact]
    public async Task Key_OfASubmit_NamesThatTaskInSql()
    {
        var store = Open();
        var spec = Keyed(new TaskId(Guid.CreateVersion7()));
        await store.InsertAsync([spec], Never);

        Assert.Equal(spec.Id.Value, await Database.ReadAsync<Guid>(KeyedSql));
    }

    [Fact]
    public async Task Key_EnqueuedInSql_IsADuplicateForASubmit()
    {
        var store = Open();
        var id = new TaskId(await Database.ReadAsync<Guid>(KeyedSql));
        Assert.Equal(id.Value, await Database.ReadAsync<Guid>(KeyedSql));
        Assert.Single((await TakeAsync(store)).Tasks);

        var answer = Assert.Single(await store.InsertAsync([Keyed(new TaskId(Guid.CreateVersion7()))], Never));

        Assert.Equal(new InsertAnswer(InsertKind.Duplicate, id, (await store.FindAsync(id, Never))!.Number), answer);
    }

    [Fact]
    public async Task Key_EnqueuedInSqlAndNotTakenYet_IsADuplicateWithItsNumber()
    {
        var store = Open();
        var id = new TaskId(await Database.ReadAsync<Guid>(KeyedSql));
        var other = await Database.ReadAsync<Guid>("SELECT silo.enqueue('echo')");

        var answer = Assert.Single(await store.InsertAsync([Keyed(new TaskId(Guid.CreateVersion7()))], Never));

        var found = await store.FindAsync(id, Never);
        Assert.Equal(new InsertAnswer(InsertKind.Duplicate, id, found!.Number), answer);
        Assert.NotEqual(0, answer.Number);
        Assert.Equal(new TaskId(other), Assert.Single((await TakeAsync(store)).Tasks).Spec.Id);
        Assert.Equal(new TaskCount("default", StoredState.Waiting, 2), Assert.Single(await store.CountAsync(Never)));
    }

    [Fact]
    public async Task Key_EnqueuedInSqlAndNotTakenYet_AskedForSomethingElse_StaysWhereItIs()
    {
        var store = Open();
        var id = new TaskId(await Database.ReadAsync<Guid>(KeyedSql));

        var answer = Assert.Single(await store.InsertAsync([Keyed(new TaskId(Guid.CreateVersion7())) with { Priority = 1 }], Never));

        Assert.Equal((InsertKind.KeyConflict, id), (answer.Kind, answer.Id));
        Assert.Equal(id, Assert.Single((await TakeAsync(store)).Tasks).Spec.Id);
    }

    [Fact]
    public async Task Key_AskedForSomethingElse_IsRefusedInSql()
    {
        Open();
        await Database.ReadAsync<Guid>(KeyedSql);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => Database.ReadAsync<Guid>("SELECT silo.enqueue('other', idempotency_key => 'k')"));

        Assert.Equal(PostgresErrorCodes.UniqueViolation, refusal.SqlState);
        Assert.Contains("'k'", refusal.MessageText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo.enqueue('')", "type")]
    [InlineData("silo.enqueue('a b')", "type")]
    [InlineData("silo.enqueue('echo', queue => '..')", "queue")]
    [InlineData("silo.enqueue('echo', priority => 101)", "priority")]
    [InlineData("silo.enqueue('echo', run_at => 'infinity')", "run_at")]
    [InlineData("silo.enqueue('echo', run_at => '1969-12-31', labels => '{}')", "run_at")]
    [InlineData("silo.enqueue('echo', run_at => now() + interval '3651 days')", "run_at")]
    [InlineData("silo.enqueue('echo', attempts_max => 0)", "attempts_max")]
    [InlineData("silo.enqueue('echo', timeout => '8 days')", "timeout")]
    [InlineData("silo.enqueue('echo', labels => '[1]')", "labels")]
    [InlineData("silo.enqueue('echo', labels => '{\"a\": 1}')", "labels")]
    [InlineData("silo.enqueue('echo', idempotency_key => repeat('k', 257))", "idempotency_key")]
    [InlineData("silo.enqueue('echo', to_jsonb(repeat('x', 1100000)))", "payload")]
    public async Task Enqueue_ArgumentOutOfBounds_NamesIt(string call, string field)
    {
        Open();

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => Database.ReadAsync<Guid>($"SELECT {call}"));

        Assert.Equal(PostgresErrorCodes.InvalidParameterValue, refusal.SqlState);
        Assert.StartsWith($"silo.enqueue: {field}", refusal.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_InTheTransactionOfItsTask_IsOnRecordOnceTheTaskIsThere()
    {
        var store = Open();
        await Database.ExecuteAsync("DO $$ DECLARE id uuid := silo.enqueue('echo'); BEGIN IF silo.cancel(id) <> 'cancelling' THEN RAISE 'not cancelling'; END IF; END $$");

        var batch = await TakeAsync(store);

        var id = Assert.Single(batch.Tasks).Spec.Id;
        Assert.Equal([id], batch.Cancels);
        Assert.Equal([id], await store.ReadCancelsAsync(default, 10, Never));
    }

    [Fact]
    public async Task Cancel_TaskThatIsNotThere_SaysSo()
    {
        Open();

        Assert.Equal("not_found", await Database.ReadAsync<string>("SELECT silo.cancel(gen_random_uuid())"));
        Assert.Equal(0, await Database.ReadAsync<long>("SELECT count(*) FROM silo.inbox"));
    }

    [Fact]
    public async Task Stats_CountsWhatIsStoredAndWhatIsUnderWay()
    {
        var store = Open();
        await Database.ExecuteAsync("SELECT silo.enqueue('echo')");
        await TakeAsync(store);
        await Database.ExecuteAsync("SELECT silo.enqueue('echo'); SELECT silo.enqueue('echo', queue => 'mail')");

        Assert.Equal("default waiting 2,mail waiting 1", await Database.ReadAsync<string>("SELECT string_agg(queue || ' ' || state || ' ' || tasks, ',') FROM silo.stats()"));
    }

    [Fact]
    public async Task Enqueue_ByARoleThatMayOnlyFillTheInbox_IsEnough()
    {
        var store = Open();
        var role = $"app_{Database.Name}";
        await Database.ExecuteAsync($"CREATE ROLE {role}; GRANT USAGE ON SCHEMA silo TO {role}; GRANT INSERT ON silo.inbox TO {role}");

        await Database.ExecuteAsync($"SET ROLE {role}; SELECT silo.cancel(silo.enqueue('echo', idempotency_key => 'k')); SELECT * FROM silo.stats()");

        Assert.Single((await TakeAsync(store)).Tasks);
        await Assert.ThrowsAsync<PostgresException>(() => Database.ExecuteAsync($"SET ROLE {role}; SELECT * FROM silo.tasks"));
    }

    [Theory]
    [InlineData("(id, type) VALUES (gen_random_uuid(), 'no.queue')")]
    [InlineData("(id, type, queue, priority) VALUES (gen_random_uuid(), 'too.high', 'default', 101)")]
    [InlineData("(id, type, queue, priority) VALUES (gen_random_uuid(), '', 'default', 1)")]
    [InlineData("(id, type, queue, priority) VALUES (gen_random_uuid(), 'empty.queue', '', 1)")]
    [InlineData("(id, type, queue, priority, rest) VALUES (gen_random_uuid(), 'no.attempt', 'default', 1, '{\"attempts_max\": 0}')")]
    [InlineData("(id, type, queue, priority, rest) VALUES (gen_random_uuid(), 'no.time', 'default', 1, '{\"timeout_ms\": 0}')")]
    [InlineData("(id, type, queue, priority, rest) VALUES (gen_random_uuid(), 'no.number', 'default', 1, '{\"attempts_max\": \"many\"}')")]
    [InlineData("(id, type, queue, priority, rest) VALUES (gen_random_uuid(), 'no.labels', 'default', 1, '{\"labels\": [1]}')")]
    [InlineData("(id, type, queue, priority, run_at) VALUES (gen_random_uuid(), 'before.time', 'default', 1, '4000-01-01 BC')")]
    [InlineData("(id, type, queue, priority, run_at) VALUES (gen_random_uuid(), 'never', 'default', 1, 'infinity')")]
    public async Task Take_RowMadeByHandThatCannotBeATask_IsDeletedAndHoldsNobodyUp(string row)
    {
        var store = Open();
        // The statement's second use in a session is the one in which it is prepared.
        await Database.ExecuteAsync("SELECT silo.enqueue('first')");
        Assert.Equal("first", Assert.Single((await TakeAsync(store)).Tasks).Spec.Type);
        await Database.ExecuteAsync($"SELECT silo.enqueue('before') FROM generate_series(1, 3); INSERT INTO silo.inbox {row}; SELECT silo.enqueue('after')");

        List<string> types = [];
        while (types.Count < 4)
        {
            types.AddRange((await TakeAsync(store)).Tasks.Select(task => task.Spec.Type));
        }

        Assert.Equal(["before", "before", "before", "after"], types);
        Assert.Equal(0, await Database.ReadAsync<long>("SELECT count(*) FROM silo.inbox"));
    }

    [Fact]
    public async Task Take_ByTwoStores_ServesOneUntilItCloses()
    {
        var (first, second) = (Open(), Open());
        var taking = first.TakeAsync(Never);
        await AsleepAsync();
        var waiting = second.TakeAsync(Never);
        await Database.ExecuteAsync("SELECT silo.enqueue('echo')");
        await Await.Within(taking, Limit, "the first store to read the inbox");
        Assert.False(waiting.IsCompleted);

        await first.DisposeAsync();
        await Database.ExecuteAsync("SELECT silo.enqueue('echo')");

        Assert.Single((await Await.Within(waiting, Limit, "the second store to read the inbox")).Tasks);
    }

    private const string ReaderSleeps = """
        SELECT EXISTS (
            SELECT FROM pg_locks l, pg_database d
            WHERE l.locktype = 'advisory' AND l.objid = 4 AND l.mode = 'ExclusiveLock' AND l.granted AND l.database = d.oid AND d.datname = current_database())
        """;

    private const string KeyedSql = """SELECT silo.enqueue('echo', '{"a": "ß"}', priority => 60, labels => '{"b": "ü", "a": "1"}', idempotency_key => 'k')""";

    private static TaskSpec Keyed(TaskId id) => new()
    {
        Id = id,
        Type = "echo",
        Queue = "default",
        Priority = 60,
        RunAt = DateTimeOffset.UnixEpoch,
        Payload = Encoding.UTF8.GetBytes("""{"a": "ß"}"""),
        Labels = new Dictionary<string, string> { ["a"] = "1", ["b"] = "ü" },
        IdempotencyKey = "k",
    };

    private static Task<InboxBatch> TakeAsync(PostgresStore store) => Await.Within(store.TakeAsync(Never), Limit, "the inbox to be read");

    private static async Task<Guid> EnqueueAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (Guid)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Until the reader holds the lock by which writers know that they have to wake it.</summary>
    private Task AsleepAsync() => Await.Until(() => Database.ReadAsync<bool>(ReaderSleeps), Limit, "the reader of the inbox to lie down");
}
