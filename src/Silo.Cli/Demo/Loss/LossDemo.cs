using Silo.Cli.Demo.Cluster;
using Silo.Cli.Demo.Views;
using Silo.Cli.Invocation;
using Silo.Cli.Ledger;
using Silo.Cli.Processes;
using Silo.Contracts.Nodes;
using Silo.Contracts.Queues;

namespace Silo.Cli.Demo.Loss;

/// <summary>Real work over three worker processes, one of which is lost while it holds started, unrecorded tasks; then the accounts are settled.</summary>
internal sealed class LossDemo(LossOptions options)
{
    private const string Queue = "demo";
    private const int TasksPerSubmit = 200;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(60);

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
        _work = DemoWork.Plan(files, Queue, options.DigestsMin);
        await using var postgres = await ThrowawayPostgres.StartForAsync(options.Store, cancellationToken);
        await using var cluster = await DemoCluster.StartAsync(options.Folder, LossOptions.Shapes, postgres?.Url, cancellationToken);
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
        var submitting = SubmitAllAsync(accounts, cancellationToken);
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

        var loss = options.Kind == LossKind.Kill ? victim.Kill() : victim.Freeze();
        // Asked after the signal, which must not wait for an answer, and long before the lease is over.
        var incarnation = (await NodeAsync(cluster, victim, cancellationToken)).Incarnation;
        await submitting;
        var verb = options.Kind == LossKind.Kill ? "killed" : "frozen";
        await WatchAsync(cluster, show, $"{victim.Name} {verb}", () => false, cancellationToken, () => accounts.AllEndedAsync(cancellationToken));
        if (options.Kind == LossKind.Freeze)
        {
            await ThawAsync(cluster, victim, incarnation, show, cancellationToken);
        }

        return loss;
    }

    private async Task SubmitAllAsync(DemoAccounts accounts, CancellationToken cancellationToken)
    {
        foreach (var group in _work.Chunk(TasksPerSubmit))
        {
            await accounts.SubmitAsync(group, cancellationToken);
        }
    }

    /// <summary>In the midst of the work: a worker that has just begun to sleep.</summary>
    private DemoWorker? FindVictim(DemoCluster cluster)
    {
        var now = MonotonicClock.NowMicroseconds();
        return cluster.Workers.Sum(worker => worker.Ledger.Accepted) < _work.Count / 4
            ? null
            : cluster.Workers.FirstOrDefault(worker => worker.Ledger.Running.Any(entry =>
                entry.Type == "sleep" && now - entry.MonotonicMicroseconds < HeldMicrosecondsMax));
    }

    /// <summary>The frozen worker wakes, is refused with what it still had, and joins again.</summary>
    private async Task ThawAsync(DemoCluster cluster, DemoWorker victim, long incarnation, Action<DemoProgress> show, CancellationToken cancellationToken)
    {
        await WatchAsync(
            cluster, show, $"{victim.Name} frozen", () => false, cancellationToken, async () => !(await NodeAsync(cluster, victim, cancellationToken)).Alive);
        victim.Thaw();
        await WatchAsync(cluster, show, $"{victim.Name} thawed", () => false, cancellationToken, async () =>
            victim.Ledger.Fenced > 0 && await NodeAsync(cluster, victim, cancellationToken) is { Alive: true } node && node.Incarnation > incarnation);
        if (victim.Ledger.Fenced == 0)
        {
            _problems.Add($"{victim.Name} thawed and none of its answers was fenced.");
        }

        var rejoined = await NodeAsync(cluster, victim, cancellationToken);
        if (!rejoined.Alive || rejoined.Incarnation <= incarnation)
        {
            _problems.Add($"{victim.Name} did not rejoin as a new incarnation: it was {incarnation}, the server says {rejoined.Incarnation}.");
        }
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
            if (seen() || (asked is not null && await asked()))
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
