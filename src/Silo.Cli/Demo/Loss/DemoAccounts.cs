using System.Collections.Concurrent;
using Silo.Cli.Demo.Cluster;
using Silo.Cli.Ledger;
using Silo.Cli.Tasks;
using Silo.Contracts.Json;
using Silo.Core.Tasks;

namespace Silo.Cli.Demo.Loss;

/// <summary>What was submitted and acknowledged, kept outside Silo, and how it is settled in the end.</summary>
internal sealed class DemoAccounts(DemoCluster cluster, string queue)
{
    private readonly ConcurrentDictionary<Guid, string> _files = new();
    private readonly ConcurrentQueue<Guid> _acknowledged = new();

    /// <summary>The file whose digest each acknowledged task makes.</summary>
    public IReadOnlyDictionary<Guid, string> Files => _files;

    /// <summary>Submits a group; what is thrown leaves it unacknowledged.</summary>
    public async Task SubmitAsync(IReadOnlyList<DemoTask> group, CancellationToken cancellationToken)
    {
        var answers = await cluster.Client.SubmitAsync([.. group.Select(task => task.Request)], cancellationToken);
        foreach (var (task, answer) in group.Zip(answers))
        {
            _acknowledged.Enqueue(answer.Id);
            if (task.File is { } file)
            {
                _files[answer.Id] = file;
            }
        }
    }

    /// <summary>Whether the server's counters say that everything acknowledged has ended.</summary>
    public async Task<bool> AllEndedAsync(CancellationToken cancellationToken)
    {
        var counts = (await cluster.Client.GetQueueAsync(queue, cancellationToken)).Counts;
        return counts is { Waiting: 0, Running: 0 } && counts.Succeeded + counts.Failed + counts.Cancelled >= _acknowledged.Count;
    }

    public async Task<AuditVerdict> SettleAsync(WorkerLoss? loss, CancellationToken cancellationToken)
    {
        var listing = await TaskListing.ReadAsync(cluster.Client, new Dictionary<string, string?> { ["queue"] = queue }, int.MaxValue, cancellationToken);
        cluster.UpdateLedgers();
        return LedgerAudit.Judge(new Evidence(
            _acknowledged,
            [.. cluster.Workers.SelectMany(worker => worker.Ledger.Entries)],
            [.. listing.Select(task => new ListedTask(task.Id, WireNames.Parse<TaskState>(task.State), task.Node))],
            loss));
    }
}
