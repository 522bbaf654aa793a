using Silo.Core.Storage;
using Silo.Testing.Postgres;

namespace Silo.Storage.Postgres.Tests;

/// <summary>What callers are told while the server cannot serve, and that the same store serves again afterwards.</summary>
public sealed class FailureTests : PostgresStoreTests
{
    private const string CutOff = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    [Fact]
    public async Task Insert_WhileTheServerIsDown_IsUnavailableAndLaterStored()
    {
        await using var server = await PostgresServer.StartAsync();
        var options = new PostgresStoreOptions { ConnectionString = server.ConnectionString("postgres"), ResendFor = TimeSpan.Zero, InsertConnections = 1 };
        await using var store = PostgresStore.Open(options);
        var kept = await InsertAsync(store, 3);
        await server.StopAsync();
        // Of a connection that ended it cannot be said whether it ended before or after what was sent on it.
        await Assert.ThrowsAsync<StoreUnknownException>(() => InsertAsync(store, 1));

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => InsertAsync(store, 1));
        Assert.Contains("No server answers", failure.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(PostgresStoreOptions.ConnectionString), failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.CountAsync(Never));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.TakeEpochAsync(Pool, Never));
        await server.ResumeAsync();

        var more = await InsertAsync(store, 2);
        Assert.Equal(5, (await store.ReadTasksAsync([.. kept.Concat(more).Select(task => task.Id)], Never)).Count);
    }

    [Fact]
    public async Task Insert_OnAReadOnlyServer_SaysSoAndLaterStores()
    {
        var store = Open(options => (options.ResendFor, options.InsertConnections) = (TimeSpan.Zero, 1));
        await Database.ExecuteAsync($"ALTER DATABASE {Database.Name} SET default_transaction_read_only = on");
        await Database.ExecuteAsync(CutOff);
        await Assert.ThrowsAsync<StoreUnknownException>(() => InsertAsync(store, 1));

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => InsertAsync(store, 1));
        Assert.Contains("read-only", failure.Message, StringComparison.Ordinal);
        await Database.ExecuteAsync($"SET transaction_read_only = off; ALTER DATABASE {Database.Name} RESET default_transaction_read_only; {CutOff}");
        await Assert.ThrowsAsync<StoreUnknownException>(() => InsertAsync(store, 1));

        await InsertAsync(store, 1);
        Assert.Equal(1, (await store.CountAsync(Never)).Sum(count => count.Count));
    }

    [Fact]
    public async Task Insert_ByARoleThatLostItsRights_NamesTheRoleAndLaterStores()
    {
        Open();
        var role = $"writer_{Database.Name}";
        await Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'secret'; GRANT USAGE ON SCHEMA silo TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA silo TO {role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA silo TO {role}");
        var store = Open(options => options.ConnectionString = Database.Server.ConnectionString(Database.Name, role, "secret"));
        await InsertAsync(store, 1);
        await Database.ExecuteAsync($"REVOKE INSERT ON silo.tasks FROM {role}");

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => InsertAsync(store, 1));

        Assert.Contains($"'{role}' lacks rights", failure.Message, StringComparison.Ordinal);
        await Database.ExecuteAsync($"GRANT INSERT ON silo.tasks TO {role}");
        await InsertAsync(store, 1);
    }

    // Whatever else is in the batch, the last to be sent is the call itself: as one task, as several that are alike, and as some that are not.
    [Theory]
    [InlineData(1, "a\0b", null)]
    [InlineData(2, "a\0b", null)]
    [InlineData(2, "echo", "a\0b")]
    public async Task Insert_TextTheServerCannotKeep_FailsAlone(int tasks, string type, string? user)
    {
        var store = Open(options => options.InsertConnections = 1);

        var good = Enumerable.Range(0, 30).Select(_ => InsertAsync(store, 2)).ToArray();
        var bad = store.InsertAsync([.. Enumerable.Range(0, tasks).Select(_ => NewTask() with { Type = type, User = user })], Never);
        var also = Enumerable.Range(0, 30).Select(_ => InsertAsync(store, 2)).ToArray();

        await Assert.ThrowsAsync<ArgumentException>(() => bad);
        await Task.WhenAll(good.Concat(also));
        Assert.Equal(120, (await store.CountAsync(Never)).Sum(count => count.Count));
    }

    [Fact]
    public async Task Session_OfARoleThatSwitchedDurabilityOff_IsDurableAllTheSame()
    {
        await Database.ExecuteAsync($"ALTER DATABASE {Database.Name} SET synchronous_commit = off");
        var store = Open();
        await Database.ExecuteAsync("CREATE TABLE seen (setting text)");
        await Database.ExecuteAsync("""
            CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
            CREATE TRIGGER see AFTER INSERT OR UPDATE ON silo.tasks EXECUTE FUNCTION see()
            """);
        var (_, fence) = await RegisterAsync(store);
        await store.RecordAsync(fence, Succeeded(await InsertAsync(store, 1)), Never);
        await store.InsertAsync([NewTask("key")], Never);

        Assert.Equal("on", await Database.ReadAsync<string>("SELECT string_agg(DISTINCT setting, ',') FROM seen"));
        Assert.Equal(3, await Database.ReadAsync<long>("SELECT count(*) FROM seen"));
    }

    [Fact]
    public async Task Closed_Store_RefusesWhatIsAsked()
    {
        var store = Open();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => InsertAsync(store, 1));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.CountAsync(Never));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.TakeEpochAsync(Pool, Never));
    }
}
