using Silo.Core.Engine;
using Silo.Core.Queues;
using Silo.Core.Tasks;

namespace Silo.Core.Nodes;

/// <summary>What a node holds: the only attempts about which it may report (rule 3). Pure; one per incarnation.</summary>
internal sealed class HeldTable
{
    private readonly Dictionary<TaskId, HeldEntry> _entries = [];

    private readonly SortedDeque<HeldEntry> _queued = new(QueuedOrder.Instance);

    private readonly HashSet<TaskId> _recalls = [];
    private readonly HashSet<TaskId> _cancels = [];

    public HeldDigest Digest { get; private set; }

    public int Count => _entries.Count;

    public bool AnyQueued => _queued.Count > 0;

    /// <summary>Grows whenever a worker has something new to be told; an order stays until its entry is gone.</summary>
    public long OrdersVersion { get; private set; }

    /// <summary>False when this very attempt is held already.</summary>
    public bool Admit(TaskDispatch dispatch)
    {
        if (_entries.ContainsKey(dispatch.Id))
            return false;
        var entry = new HeldEntry(dispatch, HeldPhase.Queued);
        Add(entry);
        _queued.Add(entry);
        return true;
    }

    /// <summary>Takes over what a worker says it holds.</summary>
    public HeldEntry Adopt(HeldExecution execution)
    {
        var entry = new HeldEntry(execution.Task, HeldPhase.Leased) { StartMayBeStored = true };
        Add(entry);
        return entry;
    }

    /// <summary>Next tasks for the worker, best first.</summary>
    public List<HeldEntry> Lease(int max)
    {
        var leased = new List<HeldEntry>(Math.Min(max, _queued.Count));
        var bytes = 0L;
        while (leased.Count < max && _queued.First is { } entry)
        {
            bytes += entry.Dispatch.Payload.Length;
            if (leased.Count > 0 && bytes > NodeLimits.BatchPayloadBytesMax)
                break;
            _queued.Remove(entry);
            entry.Phase = HeldPhase.Leased;
            leased.Add(entry);
        }

        return leased;
    }

    /// <summary>Undoes a lease that did not reach the worker.</summary>
    public void Unlease(IEnumerable<HeldEntry> entries)
    {
        foreach (var entry in entries.Where(entry => !entry.Gone && entry.Phase == HeldPhase.Leased))
        {
            entry.Phase = HeldPhase.Queued;
            _queued.Add(entry);
        }
    }

    /// <summary>The entry, if this attempt of it is held.</summary>
    public HeldEntry? Find(TaskId id, int attempt) =>
        _entries.TryGetValue(id, out var entry) && entry.Dispatch.Attempt == attempt ? entry : null;

    /// <summary>The entry, if this very sending of it is held and was handed to the worker.</summary>
    public HeldEntry? FindWithWorker(HeldAttempt held) =>
        Find(held.Id, held.Attempt) is { } entry && entry.Dispatch.Dispatch == held.Dispatch && entry.Phase != HeldPhase.Queued ? entry : null;

    /// <summary>Whether any sending of the task is held and was handed to the worker.</summary>
    public bool IsWithWorker(TaskId id) => _entries.TryGetValue(id, out var entry) && entry.Phase != HeldPhase.Queued;

    /// <summary>Takes back what is queued here and asks the worker for the rest.</summary>
    /// <returns>What was taken back at once.</returns>
    public List<TaskDispatch> Recall(IReadOnlyList<TaskId> ids) => TakeBack(ids, _recalls);

    /// <summary>As <see cref="Recall"/>, but what has started is to be cancelled.</summary>
    public List<TaskDispatch> Cancel(IReadOnlyList<TaskId> ids) => TakeBack(ids, _cancels);

    public List<TaskDispatch> RecallQueued() =>
        TakeBack([.. _entries.Values.Where(entry => entry.Phase == HeldPhase.Queued).Select(entry => entry.Dispatch.Id)], _recalls);

    public void Remove(HeldEntry entry)
    {
        if (entry.Gone)
            return;
        if (entry.Phase == HeldPhase.Queued)
            _queued.Remove(entry);
        entry.Gone = true;
        var id = entry.Dispatch.Id;
        _entries.Remove(id);
        _recalls.Remove(id);
        _cancels.Remove(id);
        Digest = Digest.Without(id, entry.Dispatch.Attempt);
    }

    public WorkerOrders Orders() => _recalls.Count + _cancels.Count == 0 ? WorkerOrders.None : new WorkerOrders { Recall = [.. _recalls], Cancel = [.. _cancels] };

    public IEnumerable<HeldEntry> Entries => _entries.Values;

    /// <summary>Digest of what is with the worker, unrecorded included.</summary>
    public HeldDigest WorkerDigest()
    {
        var digest = default(HeldDigest);
        foreach (var entry in _entries.Values)
            if (entry.Phase != HeldPhase.Queued)
                digest = digest.With(entry.Dispatch.Id, entry.Dispatch.Attempt);
        return digest;
    }

    private void Add(HeldEntry entry)
    {
        _entries.Add(entry.Dispatch.Id, entry);
        Digest = Digest.With(entry.Dispatch.Id, entry.Dispatch.Attempt);
    }

    private List<TaskDispatch> TakeBack(IReadOnlyList<TaskId> ids, HashSet<TaskId> orders)
    {
        var taken = new List<TaskDispatch>();
        foreach (var id in ids)
        {
            if (!_entries.TryGetValue(id, out var entry) || entry.Phase == HeldPhase.Unrecorded)
                continue;
            if (entry.Phase == HeldPhase.Queued)
            {
                Remove(entry);
                taken.Add(entry.Dispatch);
            }
            else if (orders.Add(id))
            {
                OrdersVersion++;
            }
        }

        return taken;
    }
}

/// <summary>The order in which a node hands out what it holds: priority, then due time, then id.</summary>
internal sealed class QueuedOrder : IComparer<HeldEntry>
{
    public static readonly QueuedOrder Instance = new();

    public int Compare(HeldEntry? x, HeldEntry? y)
    {
        var (left, right) = (x!.Dispatch, y!.Dispatch);
        var order = right.Priority.CompareTo(left.Priority);
        order = order != 0 ? order : left.RunAt.CompareTo(right.RunAt);
        return order != 0 ? order : left.Id.CompareTo(right.Id);
    }
}

/// <summary>One attempt that a node holds.</summary>
internal sealed class HeldEntry(TaskDispatch dispatch, HeldPhase phase)
{
    public TaskDispatch Dispatch { get; } = dispatch;

    public HeldAttempt Held => new(Dispatch.Id, Dispatch.Attempt, Dispatch.Dispatch);

    public HeldPhase Phase { get; set; } = phase;

    /// <summary>Its start is on record.</summary>
    public bool StartStored { get; set; }

    /// <summary>Its start is, or may be, on record: giving it back needs a write too.</summary>
    public bool StartMayBeStored { get; set; }

    /// <summary>No longer held; whoever still has a reference must not report about it.</summary>
    public bool Gone { get; set; }

    /// <summary>Its end, once the worker has told it.</summary>
    public PendingOutcome? Outcome { get; set; }
}
