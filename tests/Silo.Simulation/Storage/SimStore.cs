using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Simulation.Checks;
using Silo.Simulation.Kernel;

namespace Silo.Simulation.Storage;

/// <summary>The model of the store: what the ports promise, each transaction at one instant. A <see cref="StoreLink"/> adds delay and faults.</summary>
/// <remarks>Tests derive from it to break one promise at a time; the auditor judges every change by rules of its own.</remarks>
internal partial class SimStore(SimWorld world, StoreAuditor auditor)
{
    private readonly Dictionary<TaskId, SimRow> _rows = [];
    private readonly Dictionary<string, SimRow> _keys = [];
    private readonly SortedSet<TaskId> _cancels = [];
    private readonly HashSet<TaskId> _cancelsEver = [];
    private readonly Dictionary<string, NodeRecord> _nodes = [];
    private readonly Dictionary<string, long> _epochs = [];
    private readonly Dictionary<string, QueueSettings> _queues = [];
    private readonly Dictionary<(TaskId Id, int Attempt), (NodeFence Fence, OutcomeKind Kind)> _recorded = [];
    private readonly Dictionary<(string Queue, int Priority), SortedDictionary<ReadyKey, TaskId>> _waiting = [];
    private readonly Dictionary<(string Queue, StoredState State), long> _counts = [];
    private long _lastNumber;

    protected SimWorld World => world;

    /// <summary>Under a name that is not in the table, a node begins above this.</summary>
    protected virtual long LastForgotten { get; set; }

    protected StoreAuditor Auditor => auditor;

    /// <summary>A scheduler is about to ask for this fence.</summary>
    public void FenceAsked(long epoch, NodeFence fence) => auditor.FenceAsked(epoch, fence);

    /// <summary>Off from true time like any other clock, and the one that decides what is due.</summary>
    public TimeSpan ClockError { get; } = TimeSpan.FromSeconds(world.Random.Next(-30, 30));

    public DateTimeOffset Time => TruncateToMilliseconds(world.TrueTime + ClockError);

    public IReadOnlyDictionary<TaskId, SimRow> Rows => _rows;

    public IReadOnlyCollection<TaskId> Cancels => _cancels;

    public IReadOnlyDictionary<string, NodeRecord> Nodes => _nodes;

    public IReadOnlyDictionary<(string Queue, int Priority), SortedDictionary<ReadyKey, TaskId>> Waiting => _waiting;

    public IReadOnlyDictionary<(string Queue, StoredState State), long> Counts => _counts;

    public long Epoch(string pool) => _epochs.GetValueOrDefault(pool);

    public SimRow? Find(TaskId id) => _rows.GetValueOrDefault(id);

    /// <summary>True when the row stands, or once stood, at this outcome of this attempt.</summary>
    public bool WasRecorded(TaskId id, int attempt) => _recorded.ContainsKey((id, attempt));

    public bool WasCancelRequested(TaskId id) => _cancelsEver.Contains(id);

    public bool IsAlive(NodeFence fence) =>
        fence.Node is not null && _nodes.TryGetValue(fence.Node, out var node) && node.Alive && node.Incarnation == fence.Incarnation;

    public void Apply(IEnumerable<QueueSettings> queues)
    {
        foreach (var queue in queues)
        {
            _queues[queue.Name] = queue;
        }
    }

    public static DateTimeOffset TruncateToMilliseconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMillisecond));

    /// <summary>Replaces a row, keeps the indexes and counters beside it, and has the change judged.</summary>
    protected void Change(SimRow? before, SimRow? after, RowChange why)
    {
        if (before is not null)
        {
            Count(before, -1);
            if (before.State == StoredState.Waiting)
            {
                _waiting[(before.Spec.Queue, before.Spec.Priority)].Remove(before.Spec.Key);
            }
        }

        if (after is null)
        {
            _rows.Remove(before!.Spec.Id);
        }
        else
        {
            _rows[after.Spec.Id] = after;
            Count(after, +1);
            if (after.State == StoredState.Waiting)
            {
                WaitingOf(after.Spec.Queue, after.Spec.Priority).Add(after.Spec.Key, after.Spec.Id);
            }
        }

        auditor.Judge(before, after, why);
    }

    private void Count(SimRow row, int by)
    {
        var bucket = (row.Spec.Queue, row.State);
        _counts[bucket] = _counts.GetValueOrDefault(bucket) + by;
    }

    private SortedDictionary<ReadyKey, TaskId> WaitingOf(string queue, int priority)
    {
        if (!_waiting.TryGetValue((queue, priority), out var keys))
        {
            _waiting[(queue, priority)] = keys = [];
        }

        return keys;
    }
}
