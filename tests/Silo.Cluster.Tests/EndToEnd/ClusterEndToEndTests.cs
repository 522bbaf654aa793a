using Silo.Core.Engine;
using Silo.Core.Scheduling;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Cluster.Tests.EndToEnd;

/// <summary>The whole way of a task over several silos, and what the end of one changes.</summary>
public sealed class ClusterEndToEndTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Executions _executions = new();

    [Fact]
    public async Task Submit_OnEverySilo_AllSucceedOnceAndEveryNodeGetsSome()
    {
        await using var cluster = await SiloCluster.StartAsync(silos: 3, slots: 4, _executions);
        var specs = new List<TaskSpec>();
        foreach (var silo in cluster.Silos)
        {
            var client = cluster.ClientOn(silo);
            var batch = Specs(client, "count", 200);
            await client.SubmitAsync(batch, default);
            specs.AddRange(batch);
        }

        var ends = await cluster.EndsOfAsync(specs.Select(static spec => spec.Id));

        Assert.All(ends, static end => Assert.Equal((StoredState.Succeeded, 1), (end.State, end.Attempt)));
        Assert.Equal(600, _executions.Started.Count);
        Assert.Equal(cluster.Silos.Select(static silo => silo.Name).Order(), ends.Select(static end => end.Node!).Distinct().Order());
    }

    [Fact]
    public async Task Kill_OfTheSchedulersSilo_AnotherTakesOverAndEveryTaskEndsOnce()
    {
        await using var cluster = await SiloCluster.StartAsync(silos: 3, slots: 2, _executions);
        var victim = await cluster.SchedulerSiloAsync();
        var client = cluster.ClientOn(cluster.Silos.First(silo => silo != victim));
        var held = Specs(client, "gate", 6);
        await client.SubmitAsync(held, default);
        await Await.Until(() => _executions.Started.Count == 6, Limit, "every slot to be taken");
        var waiting = Specs(client, "count", 100);
        await client.SubmitAsync(waiting, default);

        await cluster.KillAsync(victim);
        _executions.Gate.SetResult();
        var ends = await cluster.EndsOfAsync(held.Concat(waiting).Select(static spec => spec.Id));
        await cluster.UntilNodesAsync(2);

        Assert.All(ends, static end => Assert.Equal((StoredState.Succeeded, 1), (end.State, end.Attempt)));
        Assert.NotEqual(victim.SiloAddress, (await cluster.SchedulerSiloAsync()).SiloAddress);
    }

    /// <remarks>Silence would prove nothing within the time of any test.</remarks>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Kill_OfASilo_MembershipAloneIsProofEnoughToRunItsTasksElsewhere(bool ofTheScheduler)
    {
        var patient = new SchedulerOptions { Lease = TimeSpan.FromHours(1), TakeoverGrace = TimeSpan.FromHours(1) };
        await using var cluster = await SiloCluster.StartAsync(silos: 2, slots: 2, _executions, patient);
        var scheduler = await cluster.SchedulerSiloAsync();
        var victim = cluster.Silos.Single(silo => (silo == scheduler) == ofTheScheduler);
        var survivor = cluster.Silos.Single(silo => silo != victim);
        var held = Specs(cluster.ClientOn(survivor), "gate", 4);
        await cluster.ClientOn(survivor).SubmitAsync(held, default);
        await Await.Until(() => _executions.Started.Count == 4, Limit, "every slot to be taken");

        await cluster.KillAsync(victim);
        _executions.Gate.SetResult();
        var ends = await cluster.EndsOfAsync(held.Select(static spec => spec.Id));

        Assert.All(ends, end => Assert.Equal((StoredState.Succeeded, 1, survivor.Name), (end.State, end.Attempt, end.Node!)));
    }

    [Fact]
    public async Task Stop_OfASilo_ItsTasksRunElsewhereAndNoAttemptIsSpent()
    {
        await using var cluster = await SiloCluster.StartAsync(silos: 2, slots: 2, _executions);
        var client = cluster.ClientOn(cluster.Silos[0]);
        var leaving = cluster.Silos[1];
        var specs = Specs(client, "count", 300);
        await client.SubmitAsync(specs, default);

        await Await.Within(cluster.StopAsync(leaving), Limit, "the silo to leave");
        var ends = await cluster.EndsOfAsync(specs.Select(static spec => spec.Id));

        Assert.All(ends, static end => Assert.Equal((StoredState.Succeeded, 1), (end.State, end.Attempt)));
        Assert.Equal(300, _executions.Started.Count);
    }

    [Fact]
    public async Task GrainOfALongRunningTask_WhenIdleGrainsAreCollected_StaysOnItsNode()
    {
        await using var cluster = await SiloCluster.StartAsync(silos: 2, slots: 1, _executions);
        var client = cluster.ClientOn(cluster.Silos[0]);
        var running = Specs(client, "gate", 2);
        var read = Specs(client, "count", 1);
        await client.SubmitAsync(running, default);
        foreach (var spec in running)
        {
            await Await.Until(() => cluster.IsActiveAsync(spec.Id), Limit, "the grain of a task that runs for long");
        }

        await cluster.CollectIdleGrainsAsync();

        Assert.True(await cluster.IsActiveAsync(running[0].Id));
        Assert.True(await cluster.IsActiveAsync(running[1].Id));
        _executions.Gate.SetResult();
        await cluster.EndsOfAsync(running.Select(static spec => spec.Id));

        // One that was only read goes.
        await client.SubmitAsync(read, default);
        await client.WaitAsync(read[0].Id, Limit, default);
        await Await.Until(
            async () =>
            {
                await cluster.CollectIdleGrainsAsync();
                return !await cluster.IsActiveAsync(read[0].Id);
            },
            Limit,
            "the grain that was only read to go");
    }

    private static List<TaskSpec> Specs(ISiloClient client, string type, int count) => [.. Enumerable.Range(0, count).Select(_ => new TaskSpec
    {
        Id = client.NewTaskId(),
        Type = type,
        Queue = "default",
        RunAt = DateTimeOffset.FromUnixTimeMilliseconds(client.Now.ToUnixTimeMilliseconds()),
        Payload = "{}"u8.ToArray(),
    })];
}
