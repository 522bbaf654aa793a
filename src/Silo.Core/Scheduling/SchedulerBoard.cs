using Silo.Core.Engine;
using Silo.Core.Placement;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Core.Scheduling;

/// <summary>What a scheduler knows and decides, without time of its own and without I/O: where every task in memory is, and what has to be asked of the store.</summary>
internal sealed class SchedulerBoard(SchedulerOptions options, PlacementStrategies strategies, IRandomSource random, TimeProvider time)
{
    private readonly List<(long Since, Assignment Assignment)> _quarantine = [];
    private readonly HashSet<TaskId> _quarantined = [];
    private HashSet<TaskId>? _leftWhileReadingBack;
    private HashSet<TaskId>? _cancelledWhileFinalising;

    public Dictionary<string, QueueState> Queues { get; } = [];

    /// <summary>Living incarnations, in order of name.</summary>
    public SortedList<string, NodeState> Nodes { get; } = new(StringComparer.Ordinal);

    public Dictionary<TaskId, Assignment> Assignments { get; } = [];

    /// <summary>Cancels on record that are not final yet.</summary>
    public HashSet<TaskId> Cancels { get; } = [];

    /// <summary>Tasks that were held by an incarnation that died: their next start is stored before it begins.</summary>
    public HashSet<TaskId> Suspects { get; } = [];

    /// <summary>Cancels to make final in the store: no node holds these.</summary>
    public HashSet<TaskId> ToFinalise { get; } = [];

    /// <summary>Tasks whose row has to be read to know what they are.</summary>
    public HashSet<TaskId> ToReadBack { get; } = [];

    public DurationEstimates Durations { get; } = new();

    /// <summary>Starts that are still stored before they begin, because a node died whose holdings nobody knows.</summary>
    public int CautiousStarts { get; set; }

    public QueueState Queue(string name)
    {
        if (!Queues.TryGetValue(name, out var queue))
        {
            var settings = new QueueSettings { Name = name };
            queue = new QueueState(settings, new ReadyWindow(name, options.Window), NewPlacer(settings.Strategy));
            Queues.Add(name, queue);
        }

        return queue;
    }

    public void SetQueue(QueueSettings settings) => Queue(settings.Name).Change(settings, NewPlacer);

    /// <summary>Whether a task is somewhere that a page of waiting rows must not bring it back from.</summary>
    public bool IsHeld(TaskId id) => Assignments.ContainsKey(id) || Cancels.Contains(id) || _quarantined.Contains(id);

    /// <summary>A durable task that waits: new, retried, or given back.</summary>
    public void Arrive(WaitingTask task)
    {
        var id = task.Spec.Id;
        if (Assignments.ContainsKey(id) || _quarantined.Contains(id))
            return;
        if (Cancels.Contains(id))
            ToFinalise.Add(id);
        else
            Queue(task.Spec.Queue).Window.Arrive(task);
    }

    /// <summary>The task is over, or is at least no business of this memory (rule 16).</summary>
    public void Forget(string queue, TaskId id)
    {
        Queue(queue).Window.Left(id);
        _leftWhileReadingBack?.Add(id);
        Suspects.Remove(id);
    }

    public void Assign(Assignment assignment)
    {
        Assignments.Add(assignment.Id, assignment);
        assignment.Node.Add(assignment);
        assignment.Node.Placed++;
        Queue(assignment.Queue).OnNodes++;
    }

    public void ApplyReport(NodeState node, NodeReport report)
    {
        foreach (var freed in report.Freed)
        {
            if (!Assignments.TryGetValue(freed.Id, out var assignment) || assignment.Node != node || assignment.Dispatch != freed.Dispatch)
                continue;
            node.Free(assignment);
            Durations.Observe(assignment.Type, freed.Ran);
        }

        foreach (var answer in report.Recorded)
            ApplyRecorded(node, answer);
        foreach (var returned in report.Returned)
            if (Assignments.TryGetValue(returned.Id, out var assignment) && assignment.Node == node && assignment.Dispatch == returned.Dispatch)
                TakeBack(assignment);
    }

    /// <summary>Cancels were put on record.</summary>
    public void Cancel(IReadOnlyList<TaskId> ids)
    {
        foreach (var id in ids)
        {
            _cancelledWhileFinalising?.Add(id);
            if (!Cancels.Add(id))
                continue;
            if (!Assignments.TryGetValue(id, out var assignment))
            {
                foreach (var queue in Queues.Values)
                    queue.Window.Remove(id);
                if (!_quarantined.Contains(id))
                    ToFinalise.Add(id);
            }
            else if (assignment.Node.Outbox.Withdraw(id))
            {
                TakeBack(assignment);
            }
            else
            {
                assignment.Node.Outbox.Cancel(id);
            }
        }
    }

    /// <summary>Begins to remember which cancels come anew, until <see cref="Finalised"/>.</summary>
    public void Finalising() => _cancelledWhileFinalising = [];

    /// <summary>The store has made cancels final, or found the tasks settled, or has no cancel of them on record: then they were retried by an operator meanwhile.</summary>
    public void Finalised(IReadOnlyList<TaskId> asked, IReadOnlySet<TaskId> ended)
    {
        foreach (var id in asked)
        {
            _leftWhileReadingBack?.Add(id);
            foreach (var queue in Queues.Values)
                queue.Window.Left(id);
            ToFinalise.Remove(id);
            Cancels.Remove(id);
            Suspects.Remove(id);
            if (!ended.Contains(id))
                ToReadBack.Add(id);
        }

        // A cancel that was put on record behind the answer is another one, although memory still had the first.
        var again = asked.Where(id => _cancelledWhileFinalising?.Contains(id) == true).ToList();
        _cancelledWhileFinalising = null;
        Cancel(again);
    }

    /// <summary>Asks a node to give back what has not started: an operator's drain, or work that waits there while others are idle.</summary>
    public void Recall(IEnumerable<Assignment> assignments)
    {
        foreach (var assignment in assignments.ToList())
        {
            if (assignment.Node.Outbox.Withdraw(assignment.Id))
            {
                TakeBack(assignment);
            }
            else if (!assignment.Recalled && !assignment.Freed)
            {
                assignment.Recalled = true;
                assignment.Node.Outbox.Recall(assignment.Id);
            }
        }
    }

    public IEnumerable<Assignment> On(NodeState node) => Assignments.Values.Where(assignment => assignment.Node == node);

    /// <summary>After a committed fence: what the incarnation held waits again; nothing costs an attempt (I6).</summary>
    /// <remarks>Every row is read back first: the incarnation may have recorded an outcome that nobody heard of.</remarks>
    public void NodeGone(NodeState node, IReadOnlyList<Casualty> casualties, FenceReason reason)
    {
        node.Outbox.Close();
        if (Nodes.TryGetValue(node.Name, out var current) && current == node)
            Nodes.Remove(node.Name);
        foreach (var assignment in On(node).ToList())
        {
            Unassign(assignment);
            if (reason == FenceReason.Died)
                Suspects.Add(assignment.Id);
            if (reason == FenceReason.Died && Queue(assignment.Queue).Settings.ConcurrencyMax is not null)
                Quarantine(assignment);
            else
                ReadBack(assignment);
        }

        ReadBackCasualties(casualties);
    }

    /// <summary>Rows that were marked running, and that this memory may not have known of.</summary>
    public void ReadBackCasualties(IReadOnlyList<Casualty> casualties)
    {
        foreach (var casualty in casualties)
            if (!casualty.Convicted && !_quarantined.Contains(casualty.Id))
                ToReadBack.Add(casualty.Id);
    }

    /// <summary>Lets go what a fenced node held in a limited queue, once it must have noticed that it is dead (rule 14).</summary>
    public void ReleaseQuarantine()
    {
        var wait = options.Lease + options.LimitedGrace;
        for (var i = _quarantine.Count - 1; i >= 0; i--)
        {
            var (since, assignment) = _quarantine[i];
            if (time.GetElapsedTime(since) < wait)
                continue;
            _quarantine.RemoveAt(i);
            _quarantined.Remove(assignment.Id);
            Queue(assignment.Queue).OnNodes--;
            ReadBack(assignment);
        }
    }

    /// <summary>What the node says it holds, against what was thought: what it does not hold came back, what it holds beyond that is taken over.</summary>
    /// <returns>Ids it should not hold, because another node does.</returns>
    public List<TaskId> Reconcile(NodeState node, NodeInventory inventory)
    {
        var held = inventory.Held.ToDictionary(static task => task.Id);
        var restarted = node.Outbox.Activation != inventory.Activation;
        var underWay = restarted || node.Outbox.UnderWay?.Number <= inventory.LastCommand ? null : node.Outbox.UnderWay;
        var mayStillArrive = underWay?.Dispatch.Select(static dispatch => dispatch.Id).ToHashSet();
        foreach (var assignment in On(node).ToList())
        {
            if (held.TryGetValue(assignment.Id, out var task) && task.Dispatch == assignment.Dispatch)
            {
                if (task.Phase == HeldPhase.Unrecorded)
                    node.Free(assignment);
                held.Remove(assignment.Id);
            }
            else if (mayStillArrive?.Contains(assignment.Id) != true && !node.Outbox.IsUnsent(assignment.Id))
            {
                Unassign(assignment);
                ReadBack(assignment);
            }
            else if (restarted && node.Outbox.Withdraw(assignment.Id))
            {
                TakeBack(assignment);
            }
        }

        if (restarted)
            node.RestartOutbox(inventory.Activation, inventory.LastCommand);
        node.LastReport = inventory.LastReport;
        node.Suspected = null;
        var foreign = new List<TaskId>();
        foreach (var task in held.Values)
            if (!TakeOver(node, task))
                foreign.Add(task.Id);
        return foreign;
    }

    /// <summary>Begins to remember who leaves, until <see cref="ApplyReadBack"/>.</summary>
    public void ReadingBack() => _leftWhileReadingBack = [];

    /// <returns>Nodes that rows are marked as running on and that, as far as is known here, do not hold them: a write of the mark that came late.</returns>
    public IReadOnlySet<NodeState> ApplyReadBack(IReadOnlyList<TaskSnapshot> rows)
    {
        var marked = new HashSet<NodeState>();
        foreach (var row in rows)
        {
            var id = row.Task.Spec.Id;
            if (row.State == StoredState.Running && !IsHeld(id) && Nodes.TryGetValue(row.Fence.Node, out var node) && node.Fence == row.Fence)
                marked.Add(node);
            if (Assignments.TryGetValue(id, out var sent) && sent.Task is null && sent.Attempt == row.Task.Attempt)
                sent.Node.Learn(sent, row.Task);
            if (row.State == StoredState.Waiting && _leftWhileReadingBack?.Contains(id) == true)
                ReadAgain(id);
            else if (row.State == StoredState.Waiting && (EndSuperseded(row.Task) || !IsHeld(id)))
                Arrive(row.Task);
            else if (row.State.IsTerminal())
                Forget(row.Task.Spec.Queue, id);
        }

        _leftWhileReadingBack = null;
        return marked;
    }

    /// <summary>It left while its row was read. The row may be from before, or wait again since: only another read can tell.</summary>
    private void ReadAgain(TaskId id)
    {
        if (!IsHeld(id))
            ToReadBack.Add(id);
    }

    /// <summary>A row that waits at a later attempt than the one on a node: that one's outcome is recorded, and only the report of it is still under way.</summary>
    private bool EndSuperseded(WaitingTask task)
    {
        if (!Assignments.TryGetValue(task.Spec.Id, out var assignment) || assignment.Attempt >= task.Attempt)
            return false;
        Unassign(assignment);
        return true;
    }

    private void ApplyRecorded(NodeState node, RecordedOutcome answer)
    {
        if (!Assignments.TryGetValue(answer.Id, out var assignment) || assignment.Node != node || assignment.Attempt != answer.Attempt)
        {
            // A retry whose sending this scheduler never knew: only the row says what it waits for.
            if (answer is { Answer: OutcomeAnswer.Recorded, State: StoredState.Waiting } && !IsHeld(answer.Id))
                ToReadBack.Add(answer.Id);
            return;
        }

        Unassign(assignment);
        if (answer.Answer == OutcomeAnswer.Recorded && answer.State.IsTerminal())
            Settle(assignment.Queue, answer.Id);
        else if (Cancels.Contains(answer.Id))
            ToFinalise.Add(answer.Id);
        else if (answer.Answer == OutcomeAnswer.Recorded && assignment.Task is { } task)
            Arrive(task with { Attempt = answer.Attempt + 1, Spec = task.Spec with { RunAt = answer.RunAt } });
        else
            ToReadBack.Add(answer.Id);
    }

    private bool TakeOver(NodeState node, HeldTask task)
    {
        if (Assignments.ContainsKey(task.Id) || _quarantined.Contains(task.Id))
            return false;
        Queue(task.Queue).Window.Remove(task.Id);
        ToFinalise.Remove(task.Id);
        var assignment = new Assignment
        {
            Id = task.Id,
            Attempt = task.Attempt,
            Dispatch = task.Dispatch,
            Queue = task.Queue,
            Type = task.Type,
            Node = node,
            Expected = Durations.Of(task.Type),
            SentAt = time.GetTimestamp(),
        };
        Assign(assignment);
        ToReadBack.Add(task.Id);
        if (task.Phase == HeldPhase.Unrecorded)
            node.Free(assignment);
        if (Cancels.Contains(task.Id))
            node.Outbox.Cancel(task.Id);
        return true;
    }

    /// <summary>Acknowledged as given back, so the memory of it is still true.</summary>
    private void TakeBack(Assignment assignment)
    {
        Unassign(assignment);
        if (assignment.Task is { } task)
            Arrive(task);
        else
            ReadBack(assignment);
    }

    /// <summary>How it left its node is not known: recorded, or given back. The row knows.</summary>
    private void ReadBack(Assignment assignment)
    {
        if (Cancels.Contains(assignment.Id))
            ToFinalise.Add(assignment.Id);
        else
            ToReadBack.Add(assignment.Id);
    }

    private void Quarantine(Assignment assignment)
    {
        _quarantine.Add((time.GetTimestamp(), assignment));
        _quarantined.Add(assignment.Id);
        Queue(assignment.Queue).OnNodes++;
    }

    /// <summary>It leaves its node. What was read of it before now may be older than what the node did, so those reads must not bring it back (rule 16).</summary>
    private void Unassign(Assignment assignment)
    {
        Assignments.Remove(assignment.Id);
        // A row that was read while it was on the node does not show how it left.
        _leftWhileReadingBack?.Add(assignment.Id);
        Queue(assignment.Queue).Window.Left(assignment.Id);
        assignment.Node.Remove(assignment);
        Queue(assignment.Queue).OnNodes--;
    }

    private void Settle(string queue, TaskId id)
    {
        Forget(queue, id);
        Cancels.Remove(id);
        ToFinalise.Remove(id);
    }

    private QueuePlacer NewPlacer(string strategy) => strategies.NewPlacer(strategy, random);
}
