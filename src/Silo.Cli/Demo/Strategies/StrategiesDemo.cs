using Silo.Cli.Demo.Cluster;
using Silo.Cli.Demo.Views;
using Silo.Cli.Invocation;
using Silo.Cli.Ledger;
using Silo.Contracts.Json;
using Silo.Contracts.Queues;
using Silo.Contracts.Tasks;

namespace Silo.Cli.Demo.Strategies;

/// <summary>Sets each strategy through the API and watches, in the workers' own ledgers, where tasks go.</summary>
internal sealed class StrategiesDemo(DemoServers servers)
{
    public static readonly IReadOnlyList<string> Strategies = ["least-tasks", "weighted", "round-robin", "random"];
    public static readonly IReadOnlyList<WorkerShape> Shapes = [new("worker-1", Slots, 1), new("worker-2", Slots, 2), new("worker-3", Slots, 3)];

    private const int Slots = 16;
    private const int UnsaturatedTasks = 300;
    private const int BesideBusyTasks = 150;
    private const int SaturatedTasks = 600;
    private const int BusySleeps = 8;
    private const int SleepMilliseconds = 20;
    private const string BusyQueue = "demo-busy";

    /// <summary>Far below the slots of one node: even if a strategy gave all of a group to one node, and the group before were not yet over, it would not be full.</summary>
    private const int GroupTasks = 6;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(60);

    private readonly RateMeter _rate = new(TimeProvider.System);
    private int _expected;

    public async Task<StrategiesResult> RunAsync(IDemoView view, CancellationToken cancellationToken)
    {
        await using var database = await servers.StartDatabaseAsync(cancellationToken);
        await using var cluster = await servers.StartAsync(Directory.GetCurrentDirectory(), Shapes, database, cancellationToken);
        await cluster.Client.SetQueueAsync(BusyQueue, new SetQueueRequest(), cancellationToken);
        var runs = new List<StrategyRun>();
        await view.RunAsync(async show =>
        {
            _rate.Start();
            foreach (var strategy in Strategies)
            {
                runs.Add(await RunAsync(cluster, strategy, show, cancellationToken));
            }
        });
        return new StrategiesResult(runs, [.. Shapes.Select(shape => shape.Weight)], _rate.Elapsed);
    }

    private async Task<StrategyRun> RunAsync(DemoCluster cluster, string strategy, Action<DemoProgress> show, CancellationToken cancellationToken)
    {
        var queue = $"demo-{strategy}";
        await cluster.Client.SetQueueAsync(queue, new SetQueueRequest { Strategy = strategy }, cancellationToken);
        var unsaturated = await RunGroupsAsync(cluster, queue, UnsaturatedTasks, GroupTasks, $"{strategy}: unsaturated", show, cancellationToken);
        var busy = await OccupyAsync(cluster, show, strategy, cancellationToken);
        var besideBusy = await RunGroupsAsync(cluster, queue, BesideBusyTasks, GroupTasks, $"{strategy}: beside a busy node", show, cancellationToken);
        await ReleaseAsync(cluster, busy, show, strategy, cancellationToken);
        var saturated = await RunGroupsAsync(cluster, queue, SaturatedTasks, SaturatedTasks, $"{strategy}: saturated", show, cancellationToken);
        var places = Places(cluster);
        return new StrategyRun(strategy, Nodes(unsaturated), Nodes(besideBusy), Nodes(saturated));

        int[] Nodes(IEnumerable<Guid> ids) => [.. ids.Select(id => places[id])];
    }

    /// <summary>Submits group after group, each when the one before is over.</summary>
    private async Task<List<Guid>> RunGroupsAsync(
        DemoCluster cluster, string queue, int tasks, int groupTasks, string phase, Action<DemoProgress> show, CancellationToken cancellationToken)
    {
        var ids = new List<Guid>();
        while (ids.Count < tasks)
        {
            var group = Enumerable.Repeat(Sleep(queue, SleepMilliseconds), groupTasks).ToList();
            ids.AddRange((await cluster.Client.SubmitAsync(group, cancellationToken)).Select(task => task.Id));
            _expected += groupTasks;
            await UntilAsync(cluster, phase, show, () => Accepted(cluster) >= _expected, cancellationToken);
        }

        return ids;
    }

    /// <summary>Pins sleeps to the first node, in a queue of their own, and waits until it runs them.</summary>
    private async Task<IReadOnlyList<SubmittedTask>> OccupyAsync(DemoCluster cluster, Action<DemoProgress> show, string strategy, CancellationToken cancellationToken)
    {
        var pinned = Sleep(BusyQueue, (int)TimeSpan.FromHours(1).TotalMilliseconds) with { Placement = new PlacementTerms { Node = Shapes[0].Name } };
        var busy = await cluster.Client.SubmitAsync([.. Enumerable.Repeat(pinned, BusySleeps)], cancellationToken);
        var ids = busy.Select(task => task.Id).ToHashSet();
        await UntilAsync(
            cluster, $"{strategy}: {Shapes[0].Name} gets busy", show, () => cluster.Workers[0].Ledger.Running.Count(entry => ids.Contains(entry.Task)) == BusySleeps, cancellationToken);
        return busy;
    }

    private async Task ReleaseAsync(DemoCluster cluster, IReadOnlyList<SubmittedTask> busy, Action<DemoProgress> show, string strategy, CancellationToken cancellationToken)
    {
        foreach (var task in busy)
        {
            await cluster.Client.CancelTaskAsync(task.Id.ToString(), cancellationToken);
        }

        _expected += busy.Count;
        await UntilAsync(cluster, $"{strategy}: {Shapes[0].Name} is idle again", show, () => Accepted(cluster) >= _expected, cancellationToken);
    }

    private async Task UntilAsync(DemoCluster cluster, string phase, Action<DemoProgress> show, Func<bool> reached, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            cluster.UpdateLedgers();
            if (reached())
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(started) > StepLimit)
            {
                throw new CommandException(ExitCode.Failed, $"The demo stood still for {StepLimit.TotalSeconds} s at '{phase}': {Accepted(cluster)} outcomes, {_expected} expected.");
            }

            show(Progress(cluster, phase));
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private static SubmitTaskRequest Sleep(string queue, int milliseconds) =>
        new() { Type = "sleep", Queue = queue, Payload = RawJson.Parse($"{{\"milliseconds\":{milliseconds}}}") };

    private static int Accepted(DemoCluster cluster) => cluster.Workers.Sum(worker => worker.Ledger.Accepted);

    /// <returns>The index of the worker that started each task first.</returns>
    private static Dictionary<Guid, int> Places(DemoCluster cluster)
    {
        var places = new Dictionary<Guid, int>();
        for (var index = 0; index < cluster.Workers.Count; index++)
        {
            foreach (var entry in cluster.Workers[index].Ledger.Entries.Where(entry => entry.Event == LedgerEvent.Started))
            {
                places.TryAdd(entry.Task, index);
            }
        }

        return places;
    }

    private DemoProgress Progress(DemoCluster cluster, string phase)
    {
        const int perStrategy = UnsaturatedTasks + BesideBusyTasks + SaturatedTasks + BusySleeps;
        var done = Accepted(cluster);
        return new DemoProgress(phase, [.. cluster.Workers.Select(NodeProgress.Of)], done, perStrategy * Strategies.Count, _rate.PerSecond(done), _rate.Elapsed);
    }
}
