using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Storage.Postgres.Tests;

/// <summary>Connections that end in the midst of writes: what was acknowledged is there, and nothing is there twice.</summary>
public sealed class LostAnswerTests : PostgresStoreTests
{
    private const string EndBackends = """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'silo' AND state <> 'idle'
        """;

    [Fact]
    public async Task Inserts_WhileBackendsAreEnded_AreKeptOnceEach()
    {
        var store = Open(options => options.ResendFor = Limit);
        var (ended, ending) = (new TaskCompletionSource(), 0L);
        var writers = Enumerable.Range(0, 4).Select(async _ =>
        {
            List<InsertAnswer> answers = [];
            while (!ended.Task.IsCompleted)
            {
                answers.AddRange(await RepeatAsync(() => store.InsertAsync([.. Enumerable.Range(0, 50).Select(_ => NewTask())], Never)));
            }

            return answers;
        }).ToArray();
        await Await.Until(async () => (ending += await Database.ReadAsync<long>(EndBackends)) >= 30, Limit, "30 backends to be ended while they write");
        ended.SetResult();

        var acknowledged = (await Await.Within(Task.WhenAll(writers), Limit, "the writers")).SelectMany(answers => answers).ToArray();

        var stored = (await store.ReadTasksAsync([.. acknowledged.Select(answer => answer.Id)], Never)).Select(row => row.Task.Spec.Id).ToHashSet();
        Assert.All(acknowledged, answer => Assert.Contains(answer.Id, stored));
        Assert.Equal(acknowledged.Length, acknowledged.Select(answer => answer.Number).Distinct().Count());
        await AssertLedgersAsync(store);
    }

    [Fact]
    public async Task Outcomes_WhileBackendsAreEnded_AreRecordedOnceEach()
    {
        var store = Open(options => options.ResendFor = Limit);
        var (_, fence) = await RegisterAsync(store);
        var (ended, ending) = (new TaskCompletionSource(), 0L);
        var nodes = Enumerable.Range(0, 4).Select(async _ =>
        {
            List<RecordedOutcome> answers = [];
            while (!ended.Task.IsCompleted)
            {
                var tasks = Enumerable.Range(0, 50).Select(_ => NewTask()).ToArray();
                await RepeatAsync(() => store.InsertAsync(tasks, Never));
                answers.AddRange(await RepeatAsync(() => store.RecordAsync(fence, Succeeded(tasks), Never)));
            }

            return answers;
        }).ToArray();
        await Await.Until(async () => (ending += await Database.ReadAsync<long>(EndBackends)) >= 30, Limit, "30 backends to be ended while they write");
        ended.SetResult();

        var answers = (await Await.Within(Task.WhenAll(nodes), Limit, "the nodes")).SelectMany(batch => batch).ToArray();

        Assert.All(answers, answer => Assert.Equal((OutcomeAnswer.Recorded, StoredState.Succeeded), (answer.Answer, answer.State)));
        await AssertLedgersAsync(store);
    }

    [Fact]
    public async Task Reads_AfterTheServerEndedIdleConnections_Succeed()
    {
        var store = Open();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => store.CountAsync(Never)));
        await Database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        Assert.Empty(await store.CountAsync(Never));
    }

    [Fact]
    public async Task Inbox_WhenTheAnswerToACommitIsLost_IsGivenByTheNextTake()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var database = await server.CreateDatabaseAsync();
        await using var store = PostgresStore.Open(new PostgresStoreOptions { ConnectionString = database.ConnectionString });
        var id = new TaskId(await database.ReadAsync<Guid>("SELECT silo.enqueue('echo')"));
        var cancelled = new TaskId(await database.ReadAsync<Guid>("SELECT silo.enqueue('echo')"));
        await database.ReadAsync<string>($"SELECT silo.cancel('{cancelled}')");
        // A commit that waits for a standby is durable here, and nobody has been told.
        await server.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        await server.ExecuteAsync("SELECT pg_reload_conf()");
        var taking = store.TakeAsync(Never);
        await Await.Until(
            async () => await database.ReadAsync<long>("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = 'COMMIT'") > 0,
            Limit, "the commit to wait for a standby");
        await Assert.ThrowsAsync<StoreUnknownException>(() => Await.Within(taking, Limit, "the end of its connection to be noticed"));
        await server.ExecuteAsync("ALTER SYSTEM RESET synchronous_standby_names");
        await server.ExecuteAsync("SELECT pg_reload_conf()");

        var batch = await Await.Within(store.TakeAsync(Never), Limit, "what was taken to be given");

        Assert.True(batch.Late);
        Assert.Equal([id, cancelled], batch.Tasks.Select(task => task.Spec.Id).Order());
        Assert.Equal([cancelled], batch.Cancels);
        Assert.Equal(0, await database.ReadAsync<long>("SELECT count(*) FROM silo.inbox"));
    }

    /// <summary>As a caller does that is told "unavailable" or "unknown": the same again.</summary>
    private static async Task<T> RepeatAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception failure) when (failure is StoreUnavailableException or StoreUnknownException)
            {
                // The next sending finds a server that answers.
            }
        }
    }

    /// <summary>Every task is in one batch of arrivals at its number, every ended one in one batch of endings, and the counters equal a recount.</summary>
    private async Task AssertLedgersAsync(PostgresStore store)
    {
        Assert.Equal(0, await Database.ReadAsync<long>("""
            SELECT count(*) FROM silo.tasks t
            WHERE NOT EXISTS (SELECT FROM silo.arrivals a WHERE t.number BETWEEN a.first_number AND a.first_number + a.size - 1 AND a.ids[t.number - a.first_number + 1] = t.id)
            """));
        Assert.Equal(
            await Database.ReadAsync<long>("SELECT count(*) FROM silo.tasks WHERE state >= 2"),
            await Database.ReadAsync<long>("SELECT count(DISTINCT id) FROM silo.endings, unnest(ids) AS e (id)"));
        Assert.Equal(await Database.ReadAsync<long>("SELECT coalesce(sum(live), 0)::bigint FROM silo.arrivals"), await Database.ReadAsync<long>("SELECT count(*) FROM silo.tasks"));
        Assert.Equal(await Database.ReadAsync<long>("SELECT count(*) FROM silo.tasks"), (await store.CountAsync(Never)).Sum(count => count.Count));
    }
}
