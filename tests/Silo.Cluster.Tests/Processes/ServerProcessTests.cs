using Silo.Client;
using Silo.Contracts.Problems;
using Silo.Testing;

namespace Silo.Cluster.Tests.Processes;

/// <summary>Silos that are killed, frozen, restarted, added and removed for real.</summary>
public sealed class ServerProcessTests
{
    private const string Nap = """{"milliseconds":20}""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Kill_OfTheSchedulersSilo_AnotherTakesOverAndNoAttemptIsSpent()
    {
        await using var cluster = await ServerCluster.StartAsync(2, "silo-0", "silo-1", "silo-2");
        await using var gate = await TaskGate.StartAsync();
        var held = await cluster.SubmitAsync(TaskGate.Type, gate.Payload, 6);
        var naps = await cluster.SubmitAsync("sleep", Nap, 200);
        var victim = await cluster.SchedulerSiloAsync();
        var epoch = await cluster.EpochAsync();
        await Await.Until(() => gate.Arrived == 6, Limit, "every slot to be taken");

        cluster.Servers[victim].Kill();
        gate.Open();
        var ends = await cluster.EndsOfAsync(held.Concat(naps));
        await cluster.UntilNodesAsync([.. cluster.Servers.Keys.Where(name => name != victim)]);

        Assert.All(ends, static end => Assert.Equal(("succeeded", 1), (end.State, end.Attempt)));
        Assert.NotEqual(victim, await cluster.SchedulerSiloAsync());
        Assert.True(await cluster.EpochAsync() > epoch);
    }

    [Fact]
    public async Task Restart_OfAKilledSiloUnderItsName_JoinsAgainAsANewIncarnation()
    {
        await using var cluster = await ServerCluster.StartAsync(2, "silo-0", "silo-1");
        var before = (await cluster.AskAsync(client => client.GetNodeAsync("silo-1"), "the node")).Incarnation;

        cluster.Servers["silo-1"].Kill();
        await cluster.AddAsync("silo-1", 2);
        await cluster.UntilNodeAsync("silo-1", node => node.Alive && node.Incarnation > before, "silo-1 to be back as a new incarnation");
        var ends = await cluster.EndsOfAsync(await cluster.SubmitAsync("sleep", Nap, 20));

        Assert.All(ends, static end => Assert.Equal("succeeded", end.State));
    }

    [Fact]
    public async Task Freeze_OfASilo_ItsTasksRunElsewhereAndItRejoinsWhenItThaws()
    {
        await using var cluster = await ServerCluster.StartAsync(2, "silo-0", "silo-1");
        var scheduler = await cluster.SchedulerSiloAsync();
        var victim = cluster.Servers.Keys.Single(name => name != scheduler);
        var before = (await cluster.AskAsync(client => client.GetNodeAsync(victim), "the node")).Incarnation;
        var epoch = await cluster.EpochAsync();
        await using var gate = await TaskGate.StartAsync();
        var ids = await cluster.SubmitAsync(TaskGate.Type, gate.Payload, 4);
        await Await.Until(() => gate.Arrived == 4, Limit, "every slot to be taken");

        cluster.Servers[victim].Freeze();
        gate.Open();
        var ends = await cluster.EndsOfAsync(ids);
        cluster.Servers[victim].Thaw();
        await cluster.UntilNodeAsync(victim, node => node.Alive && node.Incarnation > before, $"{victim} to rejoin");

        // A silo that only stood still has no part in who schedules: its end must not cost the others their scheduler.
        Assert.Equal(epoch, await cluster.EpochAsync());
        Assert.All(ends, end => Assert.Equal(("succeeded", 1, scheduler), (end.State, end.Attempt, end.Node)));
    }

    [Fact]
    public async Task RollingRestart_WhileTasksAreSubmitted_LosesNothingAndSpendsNoAttempt()
    {
        string[] names = ["silo-0", "silo-1", "silo-2"];
        await using var cluster = await ServerCluster.StartAsync(2, names);
        var load = ContinuousLoad.Start(cluster);
        foreach (var name in names)
        {
            await load.UntilSubmittedAsync(50);
            Assert.Equal(0, await Await.Within(cluster.Servers[name].TerminateAsync(), Limit, $"{name} to leave"));
            await load.UntilSubmittedAsync(50);
            await cluster.AddAsync(name, 2);
            await cluster.UntilNodesAsync(names);
        }

        var ids = await load.StopAsync();
        var ends = await cluster.EndsOfAsync(ids);

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ends, static end => Assert.Equal(("succeeded", 1), (end.State, end.Attempt)));
    }

    [Fact]
    public async Task Terminate_OfASilo_SaysItIsNotReadyThenGivesBackWhatRunsAfterItsGrace()
    {
        await using var cluster = await ServerCluster.StartEmptyAsync();
        await Task.WhenAll(cluster.AddAsync("silo-0", 1), cluster.AddAsync("silo-1", 1, "--grace", "15s"));
        await cluster.UntilNodesAsync("silo-0", "silo-1");
        await using var gate = await TaskGate.StartAsync();
        var ids = await cluster.SubmitAsync(TaskGate.Type, gate.Payload, 4);
        await Await.Until(() => gate.Arrived == 2, Limit, "every slot to be taken");
        var leaving = cluster.Servers["silo-1"];

        var left = leaving.TerminateAsync();
        await Await.Until(() => SaysNotReadyAsync(leaving.Client), Limit, "silo-1 to say that it is not ready");
        Assert.False(left.IsCompleted, "The silo left before what it ran had its grace.");
        var exitCode = await Await.Within(left, Limit, "silo-1 to leave");
        gate.Open();
        var ends = await cluster.EndsOfAsync(ids);
        await cluster.UntilNodesAsync("silo-0");

        Assert.Equal(0, exitCode);
        Assert.All(ends, static end => Assert.Equal(("succeeded", 1, "silo-0"), (end.State, end.Attempt, end.Node)));
    }

    [Fact]
    public async Task Silos_FromOneToFourToOne_WorkGoesOn()
    {
        await using var cluster = await ServerCluster.StartAsync(1, "silo-0");
        var ids = new List<Guid>(await cluster.SubmitAsync("sleep", Nap, 100));
        await Task.WhenAll(cluster.AddAsync("silo-1", 1), cluster.AddAsync("silo-2", 1), cluster.AddAsync("silo-3", 1));
        await cluster.UntilNodesAsync("silo-0", "silo-1", "silo-2", "silo-3");
        var spread = await cluster.SubmitAsync("sleep", Nap, 100);
        var spreadEnds = await cluster.EndsOfAsync(spread);
        ids.AddRange(await cluster.SubmitAsync("sleep", Nap, 100));
        foreach (var name in new[] { "silo-0", "silo-1", "silo-2" })
        {
            await Await.Within(cluster.Servers[name].TerminateAsync(), Limit, $"{name} to leave");
        }

        var ends = await cluster.EndsOfAsync(ids);
        await cluster.UntilNodesAsync("silo-3");

        Assert.All(ends.Concat(spreadEnds), static end => Assert.Equal(("succeeded", 1), (end.State, end.Attempt)));
        Assert.Equal(4, spreadEnds.Select(static end => end.Node).Distinct().Count());
    }

    private static async Task<bool> SaysNotReadyAsync(SiloHttpClient client)
    {
        try
        {
            await client.CheckReadyAsync();
            return false;
        }
        catch (SiloApiException refused) when (refused.Code == ProblemCodes.NotReady)
        {
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
