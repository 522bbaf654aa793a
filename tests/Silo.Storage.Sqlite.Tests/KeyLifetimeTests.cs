using Silo.Core.Storage;

namespace Silo.Storage.Sqlite.Tests;

/// <summary>Here the clock is the test's, so that a lifetime can end.</summary>
public sealed class KeyLifetimeTests : SqliteStoreTests
{
    [Fact]
    public async Task Key_UntilItsLifetimeEnds_NamesTheFirstTask()
    {
        var store = Open(options => options.IdempotencyKeyLifetime = TimeSpan.FromHours(1));
        var first = await InsertAsync(store);

        Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        await store.PruneAsync(Clock.GetUtcNow(), 10, Never);
        Assert.Equal(first with { Kind = InsertKind.Duplicate }, await InsertAsync(store));

        Clock.Advance(TimeSpan.FromMilliseconds(1));
        var second = await InsertAsync(store);
        Assert.Equal(InsertKind.Inserted, second.Kind);
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(second with { Kind = InsertKind.Duplicate }, await InsertAsync(store));
    }

    [Fact]
    public async Task Key_AfterItsLifetime_LeavesTheFileWithRetention()
    {
        var store = Open(options => options.IdempotencyKeyLifetime = TimeSpan.FromHours(1));
        await InsertAsync(store);
        Clock.Advance(TimeSpan.FromHours(2));

        await store.PruneAsync(Clock.GetUtcNow(), 10, Never);

        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={DatabasePath};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM idempotency_keys";
        Assert.Equal(0L, command.ExecuteScalar());
    }

    [Fact]
    public async Task Time_IsTheInjectedClocks()
    {
        var store = Open();
        Clock.Advance(TimeSpan.FromDays(3));

        Assert.Equal(Clock.GetUtcNow(), await store.ReadTimeAsync(Never));
    }

    private async Task<InsertAnswer> InsertAsync(SqliteStore store) =>
        Assert.Single(await store.InsertAsync([NewTask() with { IdempotencyKey = "key" }], Never));
}
