using Silo.Contracts.Json;
using Silo.Core.Engine;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using static Silo.Gateway.Metrics.MetricKind;

namespace Silo.Gateway.Metrics;

/// <summary>What every server over the same store says alike: tasks, queues and nodes.</summary>
internal static class ClusterMetrics
{
    /// <summary>Queues that are shown one by one, the first by name; a time series costs memory in whoever keeps it.</summary>
    public const int QueuesMax = 200;

    /// <summary>Nodes that are shown one by one, the living first.</summary>
    public const int NodesMax = 500;

    public static void AddScheduler(MetricText text, SchedulerSnapshot snapshot)
    {
        text.Add(Gauge, "silo_scheduler_epoch", "Epoch of the scheduler; it grows by one with every takeover.", new MetricSample(snapshot.Epoch));
        text.Add(Gauge, "silo_scheduler_taking_over", "1 while a new scheduler asks the nodes what they hold.", Flag(snapshot.TakingOver));
        AddQueues(text, [.. snapshot.Queues.OrderBy(static queue => queue.Settings.Name, StringComparer.Ordinal).Take(QueuesMax)]);
        AddNodes(text, [.. snapshot.Nodes.OrderByDescending(static node => node.Alive).ThenBy(static node => node.Registration.Name, StringComparer.Ordinal).Take(NodesMax)]);
        text.Add(
            Gauge, "silo_metrics_left_out", "Queues and nodes beyond those that are shown one by one.",
            new MetricSample(Math.Max(0, snapshot.Queues.Count - QueuesMax), ("kind", "queue")),
            new MetricSample(Math.Max(0, snapshot.Nodes.Count - NodesMax), ("kind", "node")));
    }

    public static void AddCounts(MetricText text, IReadOnlyList<TaskCount> counts)
    {
        var byState = counts.ToLookup(static count => count.State, static count => count.Count);
        text.Add(
            Gauge, "silo_tasks", "Tasks that are kept, by state; ended ones until retention deletes them.",
            [.. Enum.GetValues<StoredState>().Select(state => new MetricSample(byState[state].Sum(), ("state", WireNames.Of(state))))]);
    }

    private static void AddQueues(MetricText text, IReadOnlyList<QueueSnapshot> queues)
    {
        Add("silo_queue_ready", "Due tasks that the scheduler has in memory.", static queue => new MetricSample(queue.Ready, Labels(queue.Settings)));
        Add("silo_queue_running", "Tasks on nodes.", static queue => new MetricSample(queue.OnNodes, Labels(queue.Settings)));
        Add("silo_queue_more_ready", "1 while more tasks wait in the store than the scheduler has in memory.", static queue => Flag(queue.MoreInStore, Labels(queue.Settings)));
        Add("silo_queue_paused", "1 while the queue is paused.", static queue => Flag(queue.Settings.Paused, Labels(queue.Settings)));

        void Add(string name, string help, Func<QueueSnapshot, MetricSample> sample) => text.Add(Gauge, name, help, [.. queues.Select(sample)]);
    }

    private static void AddNodes(MetricText text, IReadOnlyList<NodeSnapshot> nodes)
    {
        Add("silo_node_alive", "1 while the node is alive, 0 once it has left or died and until it is forgotten.", static node => Flag(node.Alive, Labels(node)));
        Add("silo_node_draining", "1 while the node gets nothing new.", static node => Flag(node.Draining, Labels(node)));
        Add("silo_node_slots", "Tasks that the node runs at a time.", static node => new MetricSample(node.Registration.Slots, Labels(node)));
        Add("silo_node_running", "Handlers that ran at the node's last beat.", static node => new MetricSample(node.Running, Labels(node)));
        Add("silo_node_silence_seconds", "Time since the node's last beat, while it is alive.", static node => new MetricSample(node.Alive ? node.Silence.TotalSeconds : 0, Labels(node)));

        void Add(string name, string help, Func<NodeSnapshot, MetricSample> sample) => text.Add(Gauge, name, help, [.. nodes.Select(sample)]);
    }

    private static MetricSample Flag(bool holds, params (string Name, string Value)[] labels) => new(holds ? 1 : 0, labels);

    private static (string Name, string Value)[] Labels(QueueSettings queue) => [("queue", queue.Name)];

    private static (string Name, string Value)[] Labels(NodeSnapshot node) => [("node", node.Registration.Name)];
}
