using Silo.Testing;

namespace Silo.Cluster.Tests.Processes;

/// <summary>What the scheduler keeps in the cluster's grain storage.</summary>
public sealed class SchedulerMemoryTests
{
    private const string Stored = "SELECT count(*) FROM silo.actor_states WHERE kind = 'scheduler' AND key = 'default' AND convert_from(json, 'UTF8') LIKE '%\"echo\":%'";

    [Fact]
    public async Task Scheduler_AfterItsSiloWasKilled_KnowsHowLongTasksTake()
    {
        await using var cluster = await ServerCluster.StartAsync(1, "silo-0", "silo-1");
        await cluster.EndsOfAsync(await cluster.SubmitAsync("echo", "1", 5));
        await Await.Until(async () => await cluster.Database.ReadAsync<long>(Stored) == 1, TimeSpan.FromSeconds(60), "the estimate to be on record");
        var first = await cluster.SchedulerSiloAsync();

        cluster.Servers[first].Kill();

        await cluster.UntilLogAsync(cluster.Servers.Keys.Single(name => name != first), "knows of 1 task types how long they take");
    }
}
