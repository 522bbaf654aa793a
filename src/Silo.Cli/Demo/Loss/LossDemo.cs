using Silo.Cli.Demo.Cluster;
using Silo.Cli.Demo.Views;
using Silo.Cli.Invocation;
using Silo.Cli.Ledger;
using Silo.Cli.Processes;
using Silo.Contracts.Nodes;
using Silo.Contracts.Queues;

namespace Silo.Cli.Demo.Loss;

/// <summary>Real work over three processes, one of which is lost while it holds started, unrecorded tasks; then the accounts are settled.</summary>
/// <remarks>In a cluster that is the silo of the scheduler, and a killed one comes back under its name while there is still work.</remarks>
internal sealed class LossDemo(LossOptions options)
{
    private const string Queue = "demo";
    private const int TasksPerSubmit = 200;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(120);

    /// <summary>A sleep that began so recently cannot be over when the signal arrives.</summary>
    private const long HeldMicrosecondsMax = DemoWork.SleepMilliseconds * 1000 / 3;

    private readonly List<string> _problems = [];
    private readonly RateMeter _rate = new(TimeProvider.System);
    private IReadOnlyList<DemoTask> _work = [];

    public async Task<LossResult> RunAsync(IDemoView view, CancellationToken cancellationToken)
    {
        var files = await FileFinder.FindAsync(options.Folder, cancellationToken);
        if (files.Count == 0)
        {
            throw new CommandException(ExitCode.Usage, $"There is no file below '{options.Folder}' that the demo could read.");
        }

        var digests = await DigestFilesAsync(files, cancellationToken);
        _work = DemoWork.Plan(files, Queue, options.DigestsMin, [.. LossOptions.Shapes.Select(shape => shape.Name)]);
        await using var database = await options.Servers.StartDatabaseAsync(cancellationToken);
        await using var cluster = await options.Servers.StartAsync(options.Folder, LossOptions.Shapes, database, cancellationToken);
        var accounts = new DemoAccounts(cluster, Queue);
        await cluster.Client.SetQueueAsync(Queue, new SetQueueRequest { Strategy = "weighted" }, cancellationToken);
        WorkerLoss loss = default;
        TimeSpan elapsed = default;
        await view.RunAsync(async show =>
        {
            _rate.Start();
            loss = await WorkAndLoseAsync(cluster, accounts, show, cancellationToken);
            elapsed = _rate.Elapsed;
        });

        _problems.AddRange(await DigestCheck.CompareAsync(cluster.Client, options.Folder, accounts.Files, digests, cancellationToken));
        var verdict = await accounts.SettleAsync(loss, cancellationToken);
        if (verdict.Rerun == 0)
        {
            _problems.Add("Nothing had to run again: the worker held no started, unrecorded task when it was lost.");
        }

        return new LossResult(options.Kind, verdict, [.. _problems, .. verdict.Problems], accounts.Files.Count, elapsed);
    }

    private async Task<Dictionary<string, string>> DigestFilesAsync(IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var byPath = await Sha256Sum.DigestAsync(files.Select(file => Path.Join(options.Folder, file)), cancellationToken);
        return files.ToDictionary(file => file, file => byPath[Path.Join(options.Folder, file)]);
    }

    private async Task<WorkerLoss> WorkAndLoseAsync(DemoCluster cluster, DemoAccounts accounts, Action<DemoProgress> show, CancellationToken cancellationToken)
    {
        var incarnations = (await cluster.Client.ListNodesAsync(cancellationToken)).Nodes.ToDictionary(node => node.Name, node => node.Incarnation);
        var restarts = options.Kind == LossKind.Kill && cluster is SiloCluster;
        var first = restarts ? _work.Count * 3 / 4 : _work.Count;
        var submitting = SubmitAsync(accounts, _work.Take(first), cancellationToken);
        DemoWorker? victim = null;
        await WatchAsync(cluster, show, "working", () => submitting.IsFaulted || (victim = FindVictim(cluster)) is not null, cancellationToken);
        if (submitting.IsFaulted)
        {
            await submitting;
        }

        if (victim is null)
        {
            throw new CommandException(ExitCode.Failed, "No worker came to hold a started task: the demo has nothing to lose.");
        }

        var epoch = cluster.SchedulerEpoch(victim);
        var loss = options.Kind == LossKind.Kill ? victim.Kill(epoch) : victim.Freeze(epoch);
        await submitting;
        var phase = $"{victim.Name}{(epoch is null ? "" : ", the scheduler's silo,")} {(options.Kind == LossKind.Kill ? "killed" : "frozen")}";
        if (restarts)
        {
            await WatchAsync(cluster, show, phase, () => HasStarted(cluster, epoch), cancellationToken);
            await RestartAsync((SiloCluster)cluster, victim, incarnations[victim.Name], show, cancellationToken);
            await SubmitAsync(accounts, _work.Skip(first), cancellationToken);
            phase = $"{victim.Name} restarted";
        }

        await WatchAsync(cluster, show, phase, () => false, cancellationToken, () => accounts.AllEndedAsync(cancellationToken));
        if (restarts && cluster.Workers[^1].Ledger.Entries.Count == 0)
        {
            _problems.Add($"{victim.Name} came back and got nothing of the last {_work.Count - first} tasks.");
        }

        if (options.Kind == LossKind.Freeze)
        {
            await ThawAsync(cluster, victim, incarnations[victim.Name], show, cancellationToken);
        }

        return loss;
    }

    /// <summary>Submits group by group; one that is not acknowledged is nobody's, and is submitted anew.</summary>
    private static async Task SubmitAsync(DemoAccounts accounts, IEnumerable<DemoTask> work, CancellationToken cancellationToken)
    {
        foreach (var group in work.Chunk(TasksPerSubmit))
        {
            while (!await DemoCluster.TryAskAsync(() => SubmitGroupAsync(group)))
            {
                await Task.Delay(PollInterval, cancellationToken);
            }
        }

        async Task<bool> SubmitGroupAsync(DemoTask[] group)
        {
            await accounts.SubmitAsync(group, cancellationToken);
            return true;
        }
    }

    /// <summary>In the midst of the work: a worker that has just begun to sleep.</summary>
    private DemoWorker? FindVictim(DemoCluster cluster)
    {
        var now = MonotonicClock.NowMicroseconds();
        return cluster.Workers.Sum(worker => worker.Ledger.Accepted) < _work.Count / 4
            ? null
            : cluster.Workers.FirstOrDefault(worker => worker.Ledger.Running.Any(entry =>
                entry.Type == "sleep" && now - entry.MonotonicMicroseconds < HeldMicrosecondsMax) && cluster.MayLose(worker));
    }

    /// <summary>Whether a task has started that a scheduler after this epoch has dispatched.</summary>
    private static bool HasStarted(DemoCluster cluster, long? epoch) =>
        cluster.Workers.Any(worker => worker.Ledger.Entries.Any(entry => entry.Event == LedgerEvent.Started && entry.Epoch > epoch));

    /// <summary>The killed silo comes back under its name, and gets its share of what is left.</summary>
    private async Task RestartAsync(SiloCluster cluster, DemoWorker killed, long incarnation, Action<DemoProgress> show, CancellationToken cancellationToken)
    {
        cluster.Restart(killed);
        await UntilRejoinedAsync(cluster, killed, incarnation, $"{killed.Name} starts again", () => true, show, cancellationToken);
    }

    /// <summary>The frozen worker wakes, is refused with what it still had, and joins again.</summary>
    private async Task ThawAsync(DemoCluster cluster, DemoWorker victim, long incarnation, Action<DemoProgress> show, CancellationToken cancellationToken)
    {
        await WatchAsync(
            cluster, show, $"{victim.Name} frozen", () => false, cancellationToken, async () => !(await NodeAsync(cluster, victim, cancellationToken)).Alive);
        victim.Thaw();
        await UntilRejoinedAsync(cluster, victim, incarnation, $"{victim.Name} thawed", () => victim.Ledger.Fenced > 0, show, cancellationToken);
        if (victim.Ledger.Fenced == 0)
        {
            _problems.Add($"{victim.Name} thawed and none of its answers was fenced.");
        }
    }

    /// <param name="also">What else must hold.</param>
    private async Task UntilRejoinedAsync(
        DemoCluster cluster, DemoWorker worker, long incarnation, string phase, Func<bool> also, Action<DemoProgress> show, CancellationToken cancellationToken)
    {
        NodeResponse? node = null;
        await WatchAsync(cluster, show, phase, () => false, cancellationToken, async () =>
        {
            node = await NodeAsync(cluster, worker, cancellationToken);
            return also() && Rejoined();
        });
        if (!Rejoined())
        {
            _problems.Add($"{worker.Name} did not rejoin as a new incarnation: it was {incarnation}, the server says {node?.Incarnation}{(node is { Alive: false } ? ", not alive" : "")}.");
        }

        bool Rejoined() => node is { Alive: true } && node.Incarnation > incarnation;
    }

    /// <summary>Follows the ledgers until something holds, or until nothing has happened for long: what is wrong then is for the audit to say.</summary>
    private async Task WatchAsync(
        DemoCluster cluster, Action<DemoProgress> show, string phase, Func<bool> seen, CancellationToken cancellationToken, Func<Task<bool>>? asked = null)
    {
        var lastChange = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(lastChange) < StallLimit)
        {
            if (cluster.UpdateLedgers())
            {
                lastChange = TimeProvider.System.GetTimestamp();
            }

            show(Progress(cluster, phase));
            if (seen() || (asked is not null && await DemoCluster.TryAskAsync(asked)))
            {
                return;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private static Task<NodeResponse> NodeAsync(DemoCluster cluster, DemoWorker worker, CancellationToken cancellationToken) =>
        cluster.Client.GetNodeAsync(worker.Name, cancellationToken);

    private DemoProgress Progress(DemoCluster cluster, string phase)
    {
        var done = cluster.Workers.Sum(worker => worker.Ledger.Accepted);
        return new DemoProgress(phase, [.. cluster.Workers.Select(NodeProgress.Of)], done, _work.Count, _rate.PerSecond(done), _rate.Elapsed);
    }
}
