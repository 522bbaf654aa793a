using System.Collections.Concurrent;
using Silo.Cli.Demo.Cluster;
using Silo.Cli.Ledger;
using Silo.Cli.Tasks;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Core.Tasks;

namespace Silo.Cli.Demo.Rolling;

/// <summary>The tasks of a rolling restart: a load that never pauses, and what a silo is to hold while it is told to stop.</summary>
internal sealed class RollingWork(SiloCluster cluster)
{
    public const string Queue = "demo";

    private const int LoadPerSubmit = 10;
    private static readonly TimeSpan LoadInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentQueue<Guid> _acknowledged = new();

    /// <summary>Short tasks without a pause, through whichever silo answers.</summary>
    public async Task LoadAsync(CancellationToken stopping, CancellationToken cancellationToken)
    {
        while (!stopping.IsCancellationRequested)
        {
            await SubmitAsync(new SubmitTaskRequest { Type = "echo", Queue = Queue, Payload = RawJson.Parse("1") }, LoadPerSubmit, cancellationToken);
            await Task.Delay(LoadInterval, cancellationToken);
        }
    }

    public static SubmitTaskRequest Sleep(TimeSpan time) => new() { Type = "sleep", Queue = Queue, Payload = RawJson.Parse($"{{\"milliseconds\":{(int)time.TotalMilliseconds}}}") };

    /// <summary>The same under the same keys until it is answered, so that each is there once.</summary>
    public async Task<IReadOnlyList<Guid>> SubmitAsync(SubmitTaskRequest task, int count, CancellationToken cancellationToken)
    {
        var keys = Guid.NewGuid();
        SubmitTaskRequest[] tasks = [.. Enumerable.Range(0, count).Select(index => task with { IdempotencyKey = $"{keys:N}-{index}" })];
        IReadOnlyList<Guid> ids = [];
        await UntilAsync(
            async () =>
            {
                ids = [.. (await cluster.Client.SubmitAsync(tasks, cancellationToken)).Select(static answer => answer.Id)];
                return true;
            },
            cancellationToken);
        foreach (var id in ids)
        {
            _acknowledged.Enqueue(id);
        }

        return ids;
    }

    /// <summary>Each of these now, in the order given.</summary>
    public Task<TaskResponse[]> ReadAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken) => Task.WhenAll(ids.Select(id => ReadAsync(id, cancellationToken)));

    private async Task<TaskResponse> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        TaskResponse? task = null;
        await UntilAsync(async () => (task = await cluster.Client.GetTaskAsync(id.ToString(), wait: null, cancellationToken)) is not null, cancellationToken);
        return task!;
    }

    public Task UntilEndedAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        UntilAsync(async () => (await ReadAsync(ids, cancellationToken)).All(static task => HasEnded(task)), cancellationToken);

    public static bool HasEnded(TaskResponse task) => WireNames.Parse<TaskState>(task.State).IsTerminal();

    /// <summary>Asks until it is so; a silo that stops or takes over cannot always answer.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        while (!await DemoCluster.TryAskAsync(holds))
        {
            await Task.Delay(AskInterval, cancellationToken);
        }
    }

    /// <summary>When everything has ended: the verdict, and how many attempts were spent beyond the first.</summary>
    public async Task<(AuditVerdict Verdict, int AttemptsSpent)> SettleAsync(CancellationToken cancellationToken)
    {
        await UntilAsync(
            async () => (await cluster.Client.GetQueueAsync(Queue, cancellationToken)).Counts is { Waiting: 0, Running: 0 } counts && counts.Succeeded + counts.Failed + counts.Cancelled >= _acknowledged.Count,
            cancellationToken);
        List<TaskResponse> listing = [];
        await UntilAsync(
            async () =>
            {
                listing = await TaskListing.ReadAsync(cluster.Client, new Dictionary<string, string?> { ["queue"] = Queue }, int.MaxValue, cancellationToken);
                return true;
            },
            cancellationToken);
        cluster.UpdateLedgers();
        var verdict = LedgerAudit.Judge(new Evidence(
            _acknowledged,
            [.. cluster.Workers.SelectMany(static worker => worker.Ledger.Entries)],
            [.. listing.Select(static task => new ListedTask(task.Id, WireNames.Parse<TaskState>(task.State), task.Node))],
            Loss: null));
        return (verdict, listing.Sum(static task => task.Attempt - 1));
    }
}
