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

    /// <summary>So many sleeps that each silo has some which it cannot begin.</summary>
    private const int Sleeps = 15;

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
        var pinned = new List<Guid>();
        var (sleeps, held) = await GiveWorkAsync(work, silo, pinned, cancellationToken);
        show($"{silo.Name} is told to stop");
        var signalled = TimeProvider.System.GetTimestamp();
        silo.Terminate();
        var (moved, seconds) = await UntilMovedAsync(cluster, work, silo, held, signalled, cancellationToken);
        if (await silo.WaitForExitAsync(cancellationToken) is var code && code != 0)
        {
            _problems.Add($"{silo.Name} ended with {code} when it was told to stop.");
        }

        show($"{silo.Name} is away");
        pinned.AddRange(await work.SubmitAsync(PinnedTo(silo), 1, cancellationToken));
        // What came after it and may run anywhere has ended: it is not for lack of time that it waits.
        await work.UntilEndedAsync(await work.SubmitAsync(RollingWork.Sleep(TimeSpan.Zero), 1, cancellationToken), cancellationToken);
        foreach (var task in (await work.ReadAsync(pinned, cancellationToken)).Where(static task => RollingWork.HasEnded(task)))
        {
            _problems.Add($"{task.Id} may only run on {silo.Name} and ended on {task.Node} while that was away.");
        }

        cluster.Restart(silo);
        await RollingWork.UntilAsync(async () => await cluster.Client.GetNodeAsync(silo.Name, cancellationToken) is { Alive: true } node && node.Incarnation > incarnation, cancellationToken);
        _restarts.Add(new SiloRestart(moved, seconds, TimeProvider.System.GetElapsedTime(signalled).TotalSeconds));
        show($"{silo.Name} is back");
        // All of them: one that ended later would tell the scheduler, in the next round, that sleeps are long.
        await work.UntilEndedAsync([.. pinned, .. sleeps], cancellationToken);
        _pinnedResumed += (await work.ReadAsync(pinned, cancellationToken)).Count(task => task.State == "succeeded" && task.Node == silo.Name);
    }

    /// <summary>Once more when the silo could begin all that it got: a busy machine makes naps long, and then no more is placed than there are slots.</summary>
    /// <returns>All sleeps, and those that were placed on this silo.</returns>
    private static async Task<(IReadOnlyList<Guid> Sleeps, IReadOnlyList<Guid> Held)> GiveWorkAsync(RollingWork work, DemoWorker silo, List<Guid> pinned, CancellationToken cancellationToken)
    {
        while (true)
        {
            await work.UntilEndedAsync(await work.SubmitAsync(RollingWork.Sleep(TimeSpan.Zero), Naps, cancellationToken), cancellationToken);
            var sleeps = await work.SubmitAsync(RollingWork.Sleep(SleepTime), Sleeps, cancellationToken);
            IReadOnlyList<TaskResponse> placed = [];
            await RollingWork.UntilAsync(
                async () => (placed = await work.ReadAsync(sleeps, cancellationToken)).All(static task => task.Node is not null),
                cancellationToken);
            IReadOnlyList<Guid> held = [.. placed.Where(task => task.Node == silo.Name && !RollingWork.HasEnded(task)).Select(static task => task.Id)];
            if (held.Count > Slots)
            {
                pinned.AddRange(await work.SubmitAsync(PinnedTo(silo), 1, cancellationToken));
                return (sleeps, held);
            }

            await work.UntilEndedAsync(sleeps, cancellationToken);
        }
    }

    /// <summary>Waits until what the silo had not begun is on others, and says so when its process ends before.</summary>
    private async Task<(int Moved, double Seconds)> UntilMovedAsync(
        SiloCluster cluster, RollingWork work, DemoWorker silo, IReadOnlyList<Guid> held, long signalled, CancellationToken cancellationToken)
    {
        while (true)
        {
            var hadExited = silo.HasExited;
            cluster.UpdateLedgers();
            var begun = silo.Ledger.Entries.Where(static entry => entry.Event == LedgerEvent.Started).Select(static entry => entry.Task).ToHashSet();
            var tasks = await work.ReadAsync(held.Where(id => !begun.Contains(id)), cancellationToken);
            var seconds = TimeProvider.System.GetElapsedTime(signalled).TotalSeconds;
            var left = tasks.Count(task => task.Node is null || task.Node == silo.Name);
            if (left == 0 || hadExited)
            {
                if (tasks.Count == 0)
                    _problems.Add($"{silo.Name} had begun all that it held when it was told to stop, so nothing was shown.");
                else if (hadExited)
                    _problems.Add($"{silo.Name} ended before {left} of {tasks.Count} tasks that it had not begun were on other silos.");
                return (tasks.Count - left, seconds);
            }
        }
    }

    private static SubmitTaskRequest PinnedTo(DemoWorker silo) => RollingWork.Sleep(TimeSpan.Zero) with { Placement = new PlacementTerms { Node = silo.Name } };
}
