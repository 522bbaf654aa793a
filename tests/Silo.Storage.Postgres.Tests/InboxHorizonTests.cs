using Npgsql;
using Silo.Storage.Postgres.Inbox;
using Silo.Testing;

namespace Silo.Storage.Postgres.Tests;

public sealed class InboxHorizonTests : PostgresStoreTests
{
    [Fact]
    public async Task Horizon_BelowANumberOfATransactionThatRuns_StaysThereUntilItsEnd()
    {
        Open();
        var clock = new ManualTimeProvider();
        var horizon = new InboxHorizon(clock);
        // The youngest transaction of all: none that is younger has ended.
        var writer = await BeginAsync("SELECT silo.enqueue('echo')");
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync();

        await WatchAsync();
        await WatchAsync();
        horizon.Found(null);
        Assert.Equal((false, 0), (horizon.MarkHasPassed, horizon.Number));

        await EndAsync(writer);
        // The server's other databases have transactions too, and the mark waits for those that were there before it.
        await Await.Until(
            async () =>
            {
                await WatchAsync();
                return horizon.MarkHasPassed;
            },
            TimeSpan.FromMinutes(1),
            "the mark to pass");
        horizon.Found(1);
        Assert.Equal((true, 0), (horizon.MarkHasPassed, horizon.Number));
        horizon.Found(null);
        Assert.Equal(1, horizon.Number);

        async Task WatchAsync()
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await horizon.WatchAsync(connection, Never);
        }
    }
}
