using System.Collections.Concurrent;
using Silo.Cluster.Events;
using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Cluster.Tests.EndToEnd;

/// <summary>Live events of tasks that run on another silo than their listener's.</summary>
public sealed class ClusterEventsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Executions _executions = new();

    [Fact]
    public async Task Subscription_OnOneSilo_HearsWhatHappensOnTheOther()
    {
        await using var cluster = await SiloCluster.StartAsync(silos: 2, slots: 2, _executions);
        var (near, far) = (cluster.Silos[0], cluster.Silos[1]);
        var client = cluster.ClientOn(near);
        using var subscription = cluster.EventsOn(near).Subscribe(happened => happened.Kind == TaskEventKind.Recorded && happened.Node == far.Name);
        await Await.Until(() => SiloCluster.On<ClusterEvents>(far).Listening, Limit, "the far silo to know of the listener");
        var specs = Enumerable.Range(0, 4).Select(_ => GateTask(client)).ToList();

        await client.SubmitAsync(specs, default);
        await Await.Until(() => _executions.Started.Count == 4, Limit, "both silos to run");
        _executions.Gate.SetResult();
        var heard = new HashSet<TaskId>();
        while (heard.Count < 2)
        {
            heard.UnionWith((await Await.Within(subscription.ReadAsync(default), Limit, "events of the far silo")).Events.Select(static one => one.Id));
        }

        Assert.Subset(specs.Select(static spec => spec.Id).ToHashSet(), heard);
    }

    [Fact]
    public async Task Watch_OfATaskThatRunsElsewhere_HearsProgressAndEndOfThatTaskOnly()
    {
        await using var cluster = await SiloCluster.StartAsync(silos: 2, slots: 1, _executions);
        var (near, far) = (cluster.Silos[0], cluster.Silos[1]);
        var client = cluster.ClientOn(near);
        await cluster.DrainAsync(near.Name);
        var (watched, other) = (GateTask(client), GateTask(client));
        var heard = new ConcurrentQueue<TaskEvent>();

        using var watch = await SiloCluster.On<EventInterests>(near).WatchAsync(watched.Id, heard.Enqueue);
        await Await.Until(() => SiloCluster.On<ClusterEvents>(far).Listening, Limit, "the far silo to know of the listener");
        await client.SubmitAsync([watched], default);
        await client.SubmitAsync([other], default);
        await Await.Until(() => heard.Any(static one => one.Kind == TaskEventKind.Progress), Limit, "the progress of the task on the far silo");
        _executions.Gate.SetResult();
        await Await.Until(() => heard.Any(static one => one.Kind == TaskEventKind.Recorded), Limit, "its end");
        await cluster.EndsOfAsync([watched.Id, other.Id]);

        Assert.All(heard, one => Assert.Equal(watched.Id, one.Id));
        Assert.Contains(heard, one => one.Node == far.Name);
    }

    private static TaskSpec GateTask(ISiloClient client) =>
        new() { Id = client.NewTaskId(), Type = "gate", Queue = "default", RunAt = client.Now, Payload = "{}"u8.ToArray() };
}
