using Silo.Core.Storage;
using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Storage.Postgres.Tests.Leases;

public sealed class SchedulerLeasesTests : IAsyncLifetime
{
    private const string Pool = "default";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private PostgresDatabase _database = null!;
    private PostgresStore _first = null!;
    private PostgresStore _second = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        _first = PostgresStore.Open(new PostgresStoreOptions { ConnectionString = _database.ConnectionString });
        _second = PostgresStore.Open(new PostgresStoreOptions { ConnectionString = _database.ConnectionString });
    }

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Lease_OfAnotherThatLasts_IsNotTaken()
    {
        Assert.Equal(new SchedulerLease(true, "first", 1), await HoldAsync(_first, "first", Long));
        Assert.Equal(new SchedulerLease(false, "first", 1), await HoldAsync(_second, "second", Long, watched: 1));
        Assert.Equal(new SchedulerLease(true, "first", 2), await HoldAsync(_first, "first", Long));
    }

    [Fact]
    public async Task Lease_Lapsed_IsTakenOnlyByWhomWatchedItStand()
    {
        await HoldAsync(_first, "first", TimeSpan.Zero);

        Assert.False((await HoldAsync(_second, "second", Long)).Held);
        await HoldAsync(_first, "first", TimeSpan.Zero);
        Assert.Equal(new SchedulerLease(false, "first", 2), await HoldAsync(_second, "second", Long, watched: 1));
        Assert.Equal(new SchedulerLease(true, "second", 3), await HoldAsync(_second, "second", Long, watched: 2));
        Assert.Equal(new SchedulerLease(false, "second", 3), await HoldAsync(_first, "first", Long));
    }

    [Fact]
    public async Task Lease_GivenBack_IsFree()
    {
        await HoldAsync(_first, "first", Long);

        await _second.ReleaseAsync(Pool, "second", default);
        Assert.False((await HoldAsync(_second, "second", Long)).Held);

        await _first.ReleaseAsync(Pool, "first", default);
        Assert.True((await HoldAsync(_second, "second", Long)).Held);
    }

    [Fact]
    public async Task Lease_OfAnotherPool_IsAnother()
    {
        await HoldAsync(_first, "first", Long);

        Assert.True((await _second.HoldAsync(new LeaseClaim("other", "second", Long, null), default)).Held);
    }

    [Fact]
    public async Task Lease_LapsedAndWantedByMany_IsOnesOnly()
    {
        await HoldAsync(_first, "first", TimeSpan.Zero);

        var answers = await Await.Within(
            Task.WhenAll(Enumerable.Range(0, 20).Select(index => HoldAsync(index % 2 == 0 ? _first : _second, $"process {index}", Long, watched: 1))), Limit, "the answers");

        Assert.Equal(1, answers.Count(answer => answer.Held));
        Assert.Single(answers.Where(answer => answer.Renewals > 1).Select(answer => answer.Holder).Distinct());
    }

    [Fact]
    public async Task Lease_ConnectionTerminated_NextCallHoldsItAgain()
    {
        await HoldAsync(_first, "first", Long);

        await _database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        await Assert.ThrowsAnyAsync<Exception>(() => HoldAsync(_first, "first", Long));

        Assert.True((await HoldAsync(_first, "first", Long)).Held);
    }

    private static Task<SchedulerLease> HoldAsync(PostgresStore store, string holder, TimeSpan length, long? watched = null) =>
        store.HoldAsync(new LeaseClaim(Pool, holder, length, watched), default);
}
