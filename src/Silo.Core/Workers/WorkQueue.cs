using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Tasks;

namespace Silo.Core.Workers;

/// <summary>What a worker holds, and what it may start: decisions only, without a clock, a thread or a door.</summary>
/// <remarks>A slot is taken from the start of a handler until it returns, orphans included. An attempt is held until the door has answered its report or give-back.</remarks>
/// <param name="slots">Handlers that run at once, at most.</param>
/// <param name="unrecordedMax">Unanswered reports at which nothing more is started. Default <see cref="NodeLimits.UnrecordedMax"/>.</param>
internal sealed class WorkQueue(int slots, int unrecordedMax = NodeLimits.UnrecordedMax)
{
    private readonly Dictionary<HeldAttempt, WorkItem> _held = [];
    private readonly Dictionary<TaskId, WorkItem> _active = [];
    private readonly SortedDeque<WorkItem> _queued = new(WorkOrder.Instance);
    private readonly Queue<WorkItem> _outbox = new();

    public int Queued => _queued.Count;

    /// <summary>Handlers that have started and not returned, orphans included.</summary>
    public int Executing { get; private set; }

    /// <summary>Handlers whose report is still to come.</summary>
    public int Running { get; private set; }

    public int Orphaned => Executing - Running;

    /// <summary>Reports without an answer.</summary>
    public int Unrecorded { get; private set; }

    public HeldDigest Held { get; private set; }

    public bool MayStart => Executing < slots && Unrecorded < unrecordedMax;

    /// <summary>How many tasks to ask for: at least one, since orders come with the same answer.</summary>
    public int Room => Math.Clamp(slots + NodeLimits.LookAheadTasksMax - Queued - Executing, 1, NodeLimits.LeaseTasksMax);

    /// <summary>Takes a leased task in.</summary>
    /// <returns>False when this sending of it is held already.</returns>
    public bool Accept(TaskDispatch task)
    {
        var item = new WorkItem(task);
        if (!_held.TryAdd(item.Key, item))
            return false;
        _active[task.Id] = item;
        _queued.Add(item);
        Held = Held.With(task.Id, task.Attempt);
        return true;
    }

    /// <summary>Starts the first task in order; null when there is none or nothing may start.</summary>
    public WorkItem? StartNext()
    {
        if (!MayStart || _queued.TakeFirst() is not { } item)
            return null;
        item.Phase = WorkPhase.Running;
        item.Executing = true;
        Executing++;
        Running++;
        return item;
    }

    /// <summary>Fixes how a run ended. While its handler still executes it is an orphan from now on.</summary>
    /// <returns>False when the report does not count: another was made before, or the incarnation has ended.</returns>
    public bool Report(WorkItem item, ExecutionReport report)
    {
        if (item.Phase != WorkPhase.Running)
            return false;
        item.Phase = WorkPhase.Reported;
        item.Report = report;
        Running--;
        Unrecorded++;
        LeaveActive(item);
        _outbox.Enqueue(item);
        return true;
    }

    /// <summary>The handler has returned: its slot is free.</summary>
    public void Free(WorkItem item)
    {
        if (!item.Executing)
            throw new InvalidOperationException($"The handler of task {item.Task.Id}, attempt {item.Task.Attempt}, has returned twice.");
        item.Executing = false;
        Executing--;
    }

    /// <summary>Gives a task back if it has not started.</summary>
    public void Recall(TaskId id)
    {
        if (_active.TryGetValue(id, out var item) && item.Phase == WorkPhase.Queued)
            GiveBack(item);
    }

    /// <summary>Gives a task back if it has not started.</summary>
    /// <returns>The run to cancel, when it has.</returns>
    public WorkItem? Cancel(TaskId id)
    {
        if (!_active.TryGetValue(id, out var item))
            return null;
        if (item.Phase == WorkPhase.Running)
            return item;
        GiveBack(item);
        return null;
    }

    public void GiveBackUnstarted()
    {
        while (_queued.First is { } item)
            GiveBack(item);
    }

    /// <summary>Takes reports and give-backs that wait to be sent, oldest first.</summary>
    /// <param name="resultBytesMax">Results in one batch; a larger one goes alone.</param>
    public List<WorkItem> TakeBatch(int countMax, long resultBytesMax)
    {
        var batch = new List<WorkItem>(Math.Min(countMax, _outbox.Count));
        var bytes = 0L;
        while (batch.Count < countMax && _outbox.TryPeek(out var item))
        {
            var isHeld = item.Phase != WorkPhase.Gone;
            bytes += isHeld ? item.Report?.Result.Length ?? 0 : 0;
            if (bytes > resultBytesMax && batch.Count > 0)
                break;
            _outbox.Dequeue();
            if (isHeld)
                batch.Add(item);
        }

        return batch;
    }

    /// <summary>The door has answered the report or the give-back: it is no longer held.</summary>
    public void Answer(WorkItem item)
    {
        if (item.Phase is WorkPhase.Reported or WorkPhase.GivenBack)
            Forget(item);
    }

    /// <summary>Everything held, for a door that does not know it. What was given back is forgotten instead: the former door may have passed it on,
    /// and what an inventory does not name is placed anew. Of a task's attempts only the latest is named: it is here because the outcome of the one before,
    /// whose answer is still to come, was recorded.</summary>
    public List<HeldExecution> TakeInventory()
    {
        var latest = new Dictionary<TaskId, WorkItem>(_held.Count);
        var givenBack = new List<WorkItem>();
        foreach (var item in _held.Values)
        {
            if (item.Phase == WorkPhase.GivenBack || item.Report?.End == ExecutionEnd.Released)
                givenBack.Add(item);
            else if (!latest.TryGetValue(item.Task.Id, out var other) || other.Task.Attempt < item.Task.Attempt)
                latest[item.Task.Id] = item;
        }

        givenBack.ForEach(Forget);
        var inventory = new List<HeldExecution>(latest.Count);
        foreach (var item in latest.Values)
            inventory.Add(new HeldExecution(item.Task with { Payload = default }, item.Phase == WorkPhase.Reported));
        return inventory;
    }

    /// <summary>The incarnation has ended: nothing is held any more. Handlers that still run are orphans and keep their slots.</summary>
    public void Fence()
    {
        foreach (var item in _held.Values)
            item.Phase = WorkPhase.Gone;
        _held.Clear();
        _active.Clear();
        _queued.Clear();
        _outbox.Clear();
        (Running, Unrecorded, Held) = (0, 0, default);
    }

    private void GiveBack(WorkItem item)
    {
        _queued.Remove(item);
        LeaveActive(item);
        item.Phase = WorkPhase.GivenBack;
        _outbox.Enqueue(item);
    }

    private void Forget(WorkItem item)
    {
        Unrecorded -= item.Phase == WorkPhase.Reported ? 1 : 0;
        item.Phase = WorkPhase.Gone;
        _held.Remove(item.Key);
        Held = Held.Without(item.Task.Id, item.Task.Attempt);
    }

    private void LeaveActive(WorkItem item)
    {
        if (_active.TryGetValue(item.Task.Id, out var active) && ReferenceEquals(active, item))
            _active.Remove(item.Task.Id);
    }
}
