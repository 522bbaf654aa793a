using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Simulation.Storage;

/// <summary>The transactions of <see cref="ISchedulerStore"/>.</summary>
internal partial class SimStore
{
    private static readonly TaskError Poison = new("poison", "Its node died three times while it ran.");

    public long TakeEpoch(string pool)
    {
        var epoch = Epoch(pool) + 1;
        _epochs[pool] = epoch;
        Auditor.EpochTaken(epoch);
        return epoch;
    }

    public IReadOnlyList<NodeRecord> ReadNodes() => [.. _nodes.Values];

    public virtual RegisterNodeAnswer RegisterNode(string pool, long epoch, NodeRegistration registration)
    {
        if (epoch != Epoch(pool))
        {
            return new RegisterNodeAnswer(EpochAnswer.StaleEpoch, 0, false, []);
        }

        Auditor.SchedulerWrites(epoch, "register a node");
        var before = _nodes.GetValueOrDefault(registration.Name);
        if (before is { Alive: true } && before.Registration.Instance == registration.Instance)
        {
            return new RegisterNodeAnswer(EpochAnswer.Done, before.Incarnation, before.Draining, []);
        }

        var casualties = before is { Alive: true } ? End(new NodeFence(registration.Name, before.Incarnation), inOrder: false) : [];
        var incarnation = (before?.Incarnation ?? LastForgotten) + 1;
        var draining = before?.Draining ?? false;
        _nodes[registration.Name] = new NodeRecord(registration, incarnation, Alive: true, draining, LeftInOrder: false);
        Auditor.NodeBegins(new NodeFence(registration.Name, incarnation));
        return new RegisterNodeAnswer(EpochAnswer.Done, incarnation, draining, casualties);
    }

    public virtual FenceNodeAnswer FenceNode(string pool, long epoch, NodeFence fence, FenceReason reason)
    {
        if (epoch != Epoch(pool))
        {
            return new FenceNodeAnswer(EpochAnswer.StaleEpoch, []);
        }

        Auditor.SchedulerWrites(epoch, "fence a node");
        return IsAlive(fence)
            ? new FenceNodeAnswer(EpochAnswer.Done, End(fence, reason == FenceReason.Left))
            : new FenceNodeAnswer(EpochAnswer.AlreadyFenced, []);
    }

    public virtual bool SetDrain(string pool, long epoch, string node, bool draining)
    {
        if (epoch != Epoch(pool))
        {
            return false;
        }

        Auditor.SchedulerWrites(epoch, "set drain");
        if (_nodes.TryGetValue(node, out var record))
        {
            _nodes[node] = record with { Draining = draining };
        }

        return true;
    }

    public virtual ForgetNodeAnswer ForgetNode(string pool, long epoch, NodeFence fence, bool draining)
    {
        if (epoch != Epoch(pool))
        {
            return ForgetNodeAnswer.StaleEpoch;
        }

        Auditor.SchedulerWrites(epoch, "forget a node");
        if (!_nodes.TryGetValue(fence.Node, out var record))
        {
            return ForgetNodeAnswer.Forgotten;
        }

        if (record.Alive || record.Incarnation != fence.Incarnation || record.Draining != draining)
        {
            return ForgetNodeAnswer.Changed;
        }

        LastForgotten = Math.Max(LastForgotten, record.Incarnation);
        _nodes.Remove(fence.Node);
        Auditor.NodeForgotten(fence);
        return ForgetNodeAnswer.Forgotten;
    }

    public IReadOnlyList<int> ReadPriorities(string queue) =>
        [.. _waiting.Where(entry => entry.Key.Queue == queue && entry.Value.Count > 0).Select(entry => entry.Key.Priority)];

    public IReadOnlyList<WaitingTask> ReadWaiting(string queue, int priority, ReadyKey from, int limit)
    {
        if (!_waiting.TryGetValue((queue, priority), out var keys))
        {
            return [];
        }

        return [.. keys.SkipWhile(entry => entry.Key < from).Take(limit).Select(entry => _rows[entry.Value].Waiting)];
    }

    public IReadOnlyList<TaskSnapshot> ReadTasks(IReadOnlyList<TaskId> ids) =>
        [.. ids.Where(_rows.ContainsKey).Select(id => _rows[id].Snapshot)];

    public IReadOnlyList<TaskId> ReadCancels(TaskId after, int limit) => [.. _cancels.Where(id => id > after).Take(limit)];

    public virtual CancelWaitingAnswer CancelWaiting(string pool, long epoch, IReadOnlyList<TaskId> ids)
    {
        if (epoch != Epoch(pool))
        {
            return new CancelWaitingAnswer(EpochAnswer.StaleEpoch, [], []);
        }

        Auditor.SchedulerWrites(epoch, "cancel waiting tasks");
        var cancelled = new List<TaskId>();
        var settled = new List<TaskId>();
        foreach (var id in ids)
        {
            if (!_rows.TryGetValue(id, out var row) || row.State.IsTerminal())
            {
                settled.Add(id);
                _cancels.Remove(id);
            }
            else if (_cancels.Remove(id))
            {
                Change(row, Ended(row, StoredState.Cancelled, Time), new RowChange.CancelFinal(OnRecord: true));
                cancelled.Add(id);
            }
        }

        return new CancelWaitingAnswer(EpochAnswer.Done, cancelled, settled);
    }

    public virtual ReleaseRunningAnswer ReleaseRunning(string pool, long epoch, NodeFence fence, IReadOnlyList<TaskId> held)
    {
        if (epoch != Epoch(pool))
        {
            return new ReleaseRunningAnswer(EpochAnswer.StaleEpoch, []);
        }

        Auditor.SchedulerWrites(epoch, "release running rows");
        if (!IsAlive(fence))
        {
            return new ReleaseRunningAnswer(EpochAnswer.AlreadyFenced, []);
        }

        var released = RunningUnder(fence).Where(row => !held.Contains(row.Spec.Id)).ToList();
        foreach (var row in released)
        {
            Change(row, row with { State = StoredState.Waiting, Fence = default }, new RowChange.RunningReleased(fence));
        }

        return new ReleaseRunningAnswer(EpochAnswer.Done, [.. released.Select(row => row.Spec.Id)]);
    }

    public IReadOnlyList<QueueSettings> ReadQueues() => [.. _queues.Values];

    public virtual bool SaveQueue(string pool, long epoch, QueueSettings queue)
    {
        if (epoch != Epoch(pool))
        {
            return false;
        }

        Auditor.SchedulerWrites(epoch, "save a queue");
        _queues[queue.Name] = queue;
        return true;
    }

    private List<SimRow> RunningUnder(NodeFence fence) =>
        [.. _rows.Values.Where(row => row.State == StoredState.Running && row.Fence == fence)];

    private List<Casualty> End(NodeFence fence, bool inOrder)
    {
        var record = _nodes[fence.Node];
        _nodes[fence.Node] = record with { Alive = false, Incarnation = record.Incarnation + 1, LeftInOrder = inOrder, EndedAt = Time };
        Auditor.NodeEnds(fence);
        var casualties = new List<Casualty>();
        foreach (var row in RunningUnder(fence))
        {
            var deaths = row.Deaths + (inOrder ? 0 : 1);
            var convicted = deaths >= TaskLimits.DeathsMax;
            var after = row with { State = StoredState.Waiting, Deaths = deaths, Fence = default };
            if (convicted)
            {
                after = Ended(after, StoredState.Failed, Time) with { Error = Poison };
                _cancels.Remove(row.Spec.Id);
            }

            Change(row, after, new RowChange.NodeEnded(fence, inOrder));
            casualties.Add(new Casualty(row.Spec.Id, deaths, convicted));
        }

        return casualties;
    }

    private static SimRow Ended(SimRow row, StoredState state, DateTimeOffset at) => row with { State = state, Fence = default, FinishedAt = at };
}
