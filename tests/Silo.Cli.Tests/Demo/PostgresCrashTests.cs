using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Cli.Tests.Demo;

/// <summary>What becomes of Silo's promises when PostgreSQL, or a part of it, ends under its hands.</summary>
[Collection(DemoCollection.Name)]
public sealed class PostgresCrashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Postgres_RestartedWithoutACheckpointUnderLoad_SiloGoesOnAndEveryAcknowledgedTaskEndsOnce()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var database = await postgres.CreateDatabaseAsync();
        await using var loaded = await LoadedCluster.StartAsync(_folder, database.Url);

        // Gone for so short that submits only take longer.
        await loaded.WorkOnAsync(200);
        await postgres.RestartImmediatelyAsync();

        // Gone until submits are refused.
        await loaded.WorkOnAsync(200);
        var refused = loaded.Refused;
        await postgres.KillAsync();
        await Await.Until(() => loaded.Refused > refused, LoadedCluster.Limit, "a submit to be refused");
        await postgres.ResumeAsync();

        await loaded.WorkOnAsync(200);
        var verdict = await loaded.SettleAsync();

        Assert.True(loaded.Cluster.ServerRuns);
        Assert.Empty(verdict.Problems);
        Assert.Equal((verdict.Tasks, 0, 0), (verdict.Succeeded, verdict.Lost, verdict.DuplicateOutcomes));
    }

    [Fact]
    public async Task Postgres_BackendsTerminatedAmidCommits_NothingIsLostOrDoubled()
    {
        // A commit waits for others before it is flushed: most of a backend's time is spent amid one.
        await using var postgres = await PostgresServer.StartAsync("commit_delay=20000", "commit_siblings=0");
        await using var database = await postgres.CreateDatabaseAsync();
        await using var loaded = await LoadedCluster.StartAsync(_folder, database.Url);

        var terminated = 0L;
        for (var round = 0; round < 30; round++)
        {
            await loaded.WorkOnAsync(20);
            terminated += await database.ReadAsync<long>("""
                select count(*) from (select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and (query ilike '%insert%' or query ilike '%update%')) as ended
                """);
        }

        var verdict = await loaded.SettleAsync();

        Assert.True(loaded.Cluster.ServerRuns);
        Assert.InRange(terminated, 10, long.MaxValue);
        Assert.Empty(verdict.Problems);
        Assert.Equal((verdict.Tasks, 0, 0), (verdict.Succeeded, verdict.Lost, verdict.DuplicateOutcomes));
    }
}
