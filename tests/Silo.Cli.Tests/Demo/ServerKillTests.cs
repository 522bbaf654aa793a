using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Cli.Tests.Demo;

[Collection(DemoCollection.Name)]
public sealed class ServerKillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Server_KilledWhileWorkersRunAndClientsSubmit_EveryAcknowledgedTaskEndsOnce(string store)
    {
        await using var database = store == "postgres" ? await (await PostgresServer.SharedAsync()).CreateDatabaseAsync() : null;
        await using var loaded = await LoadedCluster.StartAsync(_folder, database?.Url);

        for (var kills = 1; kills <= 2; kills++)
        {
            await loaded.WorkOnAsync(200);
            await loaded.Cluster.KillServerAsync();
            await loaded.Cluster.StartServerAsync(default);
            await Await.Within(loaded.Cluster.WaitForWorkersAsync(default), LoadedCluster.Limit, "the workers to be known to the new server");
        }

        var verdict = await loaded.SettleAsync();

        Assert.Empty(verdict.Problems);
        Assert.InRange(verdict.Tasks, 400, int.MaxValue);
        Assert.Equal((verdict.Tasks, 0, 0), (verdict.Succeeded, verdict.Lost, verdict.DuplicateOutcomes));
        Assert.True(loaded.Refused > 0, "No submit met a dead server, so the test has not tested what it is for.");
    }
}
