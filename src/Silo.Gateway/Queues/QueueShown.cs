using Silo.Contracts.Queues;
using Silo.Core.Engine;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Gateway.Queues;

/// <summary>Queues as the API shows them.</summary>
internal static class QueueShown
{
    /// <summary>Every queue that is configured, in order of name; the default one is always there.</summary>
    public static IReadOnlyList<QueueResponse> All(SchedulerSnapshot snapshot, IReadOnlyList<TaskCount> counts)
    {
        var byQueue = counts.ToLookup(count => count.Queue, StringComparer.Ordinal);
        var queues = snapshot.Queues.Any(queue => queue.Settings.Name == QueueSettings.DefaultName)
            ? snapshot.Queues
            : snapshot.Queues.Append(new QueueSnapshot(new QueueSettings { Name = QueueSettings.DefaultName }, InMemory: 0, OnNodes: 0, MoreInStore: false));
        return [.. queues.OrderBy(queue => queue.Settings.Name, StringComparer.Ordinal).Select(queue => Of(queue, byQueue[queue.Settings.Name]))];
    }

    public static QueueResponse Of(QueueSettings settings) => new()
    {
        Name = settings.Name,
        Strategy = settings.Strategy,
        Paused = settings.Paused,
        ConcurrencyMax = settings.ConcurrencyMax,
    };

    public static StateCounts Counts(IEnumerable<TaskCount> counts)
    {
        var byState = counts.ToLookup(count => count.State, count => count.Count);
        return new StateCounts(
            byState[StoredState.Waiting].Sum(),
            byState[StoredState.Running].Sum(),
            byState[StoredState.Succeeded].Sum(),
            byState[StoredState.Failed].Sum(),
            byState[StoredState.Cancelled].Sum());
    }

    private static QueueResponse Of(QueueSnapshot queue, IEnumerable<TaskCount> counts) => Of(queue.Settings) with
    {
        InMemory = queue.InMemory,
        OnNodes = queue.OnNodes,
        MoreInStore = queue.MoreInStore,
        Counts = Counts(counts),
    };
}
