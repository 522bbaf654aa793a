using Silo.Cli.Demo.Cluster;
using Silo.Cli.Demo.Views;
using Silo.Cli.Invocation;
using Silo.Cli.Ledger;
using Silo.Contracts.Queues;
using Silo.Contracts.Tasks;

namespace Silo.Cli.Demo.Rolling;

/// <summary>Three silos are told to stop and started again under their names, one after the other and under load, as a StatefulSet replaces its pods; then the accounts are settled.</summary>
/// <remarks>Each silo holds work when it is told to stop: more sleeps than it has slots, and tasks that may run nowhere else.</remarks>
internal sealed class RollingDemo(DemoServers.Silos servers, string filesRoot)
{
    private const int Slots = 4;

    /// <summary>Twice what a silo can begin at once; the others have room for them.</summary>
    private const int Sleeps = 2 * Slots;

    /// <summary>So many sleeps of no length that the scheduler takes the next ones for short too, and lets them wait on nodes.</summary>
    private const int Naps = 150;

    private static readonly TimeSpan SleepTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly IReadOnlyList<WorkerShape> Shapes = [new("silo-0", Slots, 1), new("silo-1", Slots, 1), new("silo-2", Slots, 1)];

    private readonly List<string> _problems = [];
    private readonly List<SiloRestart> _restarts = [];
    private int _pinnedResumed;

    public async Task<RollingResult> RunAsync(IDemoView view, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        await using var database = await servers.StartDatabaseAsync(cancellationToken);
        await using var cluster = (SiloCluster)await servers.StartAsync(filesRoot, Shapes, database, cancellationToken);
        var work = new RollingWork(cluster);
        await cluster.Client.SetQueueAsync(RollingWork.Queue, new SetQueueRequest(), cancellationToken);
        var began = TimeProvider.System.GetTimestamp();
        var verdict = (Verdict: (AuditVerdict?)null, AttemptsSpent: 0);
        try
        {
            await view.RunAsync(async show =>
            {
                await RollAsync(cluster, work, show, limit.Token);
                verdict = await work.SettleAsync(limit.Token);
            });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.Failed, $"The rolling restart did not come to its end within {Limit.TotalMinutes:0} minutes.");
        }

        if (verdict.AttemptsSpent > 0)
        {
            _problems.Add($"{verdict.AttemptsSpent} attempts were spent.");
        }

        return new RollingResult(
            verdict.Verdict!, verdict.AttemptsSpent, _restarts, _pinnedResumed, [.. _problems, .. verdict.Verdict!.Problems], TimeProvider.System.GetElapsedTime(began));
    }

    private async Task RollAsync(SiloCluster cluster, RollingWork work, Action<DemoProgress> show, CancellationToken cancellationToken)
    {
        using var enough = new CancellationTokenSource();
        var load = work.LoadAsync(enough.Token, cancellationToken);
        var began = TimeProvider.System.GetTimestamp();
        foreach (var shape in Shapes)
        {
            Show($"{shape.Name} gets work");
            var silo = cluster.Workers.Last(worker => worker.Name == shape.Name);
            await cluster.AskAnotherThanAsync(silo, cancellationToken);
            await RestartAsync(cluster, work, silo, Show, cancellationToken);
        }

        await enough.CancelAsync();
        await load;

        void Show(string phase)
        {
            cluster.UpdateLedgers();
            var done = cluster.Workers.Sum(static worker => worker.Ledger.Accepted);
            show(new DemoProgress(phase, [.. cluster.Workers.Select(NodeProgress.Of)], done, done, PerSecond: 0, TimeProvider.System.GetElapsedTime(began)));
        }
    }

    private async Task RestartAsync(SiloCluster cluster, RollingWork work, DemoWorker silo, Action<string> show, CancellationToken cancellationToken)
    {
        var incarnation = (await cluster.Client.GetNodeAsync(silo.Name, cancellationToken)).Incarnation;
        var (sleeps, held) = await GiveWorkAsync(cluster, work, silo, cancellationToken);
        var pinned = new List<Guid>();
        var signalled = MonotonicClock.NowMicroseconds();
        silo.Terminate();
        show($"{silo.Name} is told to stop");
        pinned.AddRange(await work.SubmitAsync(PinnedTo(silo), 1, cancellationToken));
        var code = await silo.WaitForExitAsync(cancellationToken);
        var (moved, seconds) = Moved(cluster, silo, held, signalled, MonotonicClock.NowMicroseconds());
        if (code != 0)
        {
            _problems.Add($"{silo.Name} ended with {code} when it was told to stop.");
        }

        show($"{silo.Name} is away");
        pinned.AddRange(await work.SubmitAsync(PinnedTo(silo), 1, cancellationToken));
        // What came after them and may run anywhere has ended: it is not for lack of time that they wait.
        await work.UntilEndedAsync(await work.SubmitAsync(RollingWork.Sleep(TimeSpan.Zero), 1, cancellationToken), cancellationToken);
        foreach (var task in (await work.ReadAsync(pinned, cancellationToken)).Where(static task => RollingWork.HasEnded(task)))
        {
            _problems.Add($"{task.Id} may only run on {silo.Name} and ended on {task.Node} while that was away.");
        }

        cluster.Restart(silo);
        await RollingWork.UntilAsync(async () => await cluster.Client.GetNodeAsync(silo.Name, cancellationToken) is { Alive: true } node && node.Incarnation > incarnation, cancellationToken);
        _restarts.Add(new SiloRestart(moved, seconds, (MonotonicClock.NowMicroseconds() - signalled) / 1e6));
        show($"{silo.Name} is back");
        // All of them: one that ended later would tell the scheduler, in the next round, that sleeps are long.
        await work.UntilEndedAsync([.. pinned, .. sleeps], cancellationToken);
        _pinnedResumed += (await work.ReadAsync(pinned, cancellationToken)).Count(task => task.State == "succeeded" && task.Node == silo.Name);
    }

    /// <summary>Gives a silo more than it can begin, which the scheduler does while it takes sleeps for short; what has waited there for a second beside idle silos it takes back, and then there is another try.</summary>
    /// <returns>All sleeps, and those that the silo holds and has not begun.</returns>
    private static async Task<(IReadOnlyList<Guid> Sleeps, IReadOnlyList<Guid> Held)> GiveWorkAsync(SiloCluster cluster, RollingWork work, DemoWorker silo, CancellationToken cancellationToken)
    {
        var sleep = RollingWork.Sleep(SleepTime) with { Placement = new PlacementTerms { PreferNode = silo.Name } };
        while (true)
        {
            await work.UntilEndedAsync(await work.SubmitAsync(RollingWork.Sleep(TimeSpan.Zero), Naps, cancellationToken), cancellationToken);
            var sleeps = await work.SubmitAsync(sleep, Sleeps, cancellationToken);
            var tasks = await work.ReadAsync(sleeps, cancellationToken);
            cluster.UpdateLedgers();
            var begun = Starts(cluster).Select(static entry => entry.Task).ToHashSet();
            IReadOnlyList<Guid> held = [.. tasks.Where(task => task.Node == silo.Name && !begun.Contains(task.Id)).Select(static task => task.Id)];
            if (held.Count > 0 && begun.Overlaps(sleeps))
            {
                return (sleeps, held);
            }

            await work.UntilEndedAsync(sleeps, cancellationToken);
        }
    }

    /// <summary>What the silo held, had not begun when it was told to stop, and did not begin afterwards: it must have begun elsewhere before the process ended.</summary>
    private (int Moved, double Seconds) Moved(SiloCluster cluster, DemoWorker silo, IReadOnlyList<Guid> held, long signalled, long ended)
    {
        cluster.UpdateLedgers();
        var starts = Starts(cluster).Where(entry => held.Contains(entry.Task)).ToLookup(static entry => entry.Task);
        var left = held.Where(id => !starts[id].Any(entry => entry.Process == silo.ProcessId || entry.MonotonicMicroseconds < signalled)).ToList();
        var delays = left.SelectMany(id => starts[id]).Where(entry => entry.MonotonicMicroseconds <= ended).Select(entry => (entry.MonotonicMicroseconds - signalled) / 1e6).ToList();
        if (left.Count == 0)
        {
            _problems.Add($"{silo.Name} had begun all that it held when it was told to stop, so nothing was shown.");
        }

        if (delays.Count < left.Count)
        {
            _problems.Add($"{silo.Name} ended before {left.Count - delays.Count} of {left.Count} tasks that it had not begun ran on other silos.");
        }

        return (delays.Count, delays.DefaultIfEmpty().Max());
    }

    private static IEnumerable<LedgerEntry> Starts(SiloCluster cluster) =>
        cluster.Workers.SelectMany(static worker => worker.Ledger.Entries).Where(static entry => entry.Event == LedgerEvent.Started);

    private static SubmitTaskRequest PinnedTo(DemoWorker silo) => RollingWork.Sleep(TimeSpan.Zero) with { Placement = new PlacementTerms { Node = silo.Name } };
}
