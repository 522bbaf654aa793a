using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Tasks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Processes;
using Silo.Simulation.Storage;
using Silo.Simulation.Workload;

namespace Silo.Simulation.Checks;

/// <summary>One start of a handler.</summary>
internal sealed class HandlerRun(NodeFence fence, SimWorker worker, TaskId id, int attempt, long dispatch, string queue)
{
    /// <summary>The sending of the attempt that was started.</summary>
    public long Dispatch { get; } = dispatch;

    public NodeFence Fence { get; } = fence;

    public SimWorker Worker { get; } = worker;

    public TaskId Id { get; } = id;

    public int Attempt { get; } = attempt;

    public string Queue { get; } = queue;

    /// <summary>Its end was reported before it returned: an orphan, which keeps its node's slot and counts no longer against its queue.</summary>
    public bool Reported { get; set; }
}

/// <summary>Who runs what: every start of a handler is judged against the store's truth at that moment.</summary>
/// <remarks>A start owns its attempt until an outcome of it is recorded, its incarnation has ended in the store, or the worker has given it back. Starts of an ended incarnation are no
/// violation: nobody can stop a frozen process from thawing; what it does just never counts.</remarks>
internal sealed class ExecutionLedger
{
    private readonly SimWorld _world;
    private readonly SimStore _store;
    private readonly StoreAuditor _auditor;
    private readonly Dictionary<(TaskId Id, int Attempt), HandlerRun> _owners = [];
    private readonly Dictionary<string, HashSet<HandlerRun>> _runningByQueue = [];
    private readonly Dictionary<string, int> _limits;
    private readonly Dictionary<(string Node, TaskId Id, int Attempt), long> _decided = [];

    public ExecutionLedger(SimWorld world, SimStore store, StoreAuditor auditor, IEnumerable<QueueSettings> queues)
    {
        (_world, _store, _auditor) = (world, store, auditor);
        _limits = queues.Where(queue => queue.ConcurrencyMax is not null).ToDictionary(queue => queue.Name, queue => queue.ConcurrencyMax!.Value);
        auditor.Changed = OnChanged;
    }

    public long Starts { get; private set; }

    /// <summary>The worker has decided to start; a process that freezes right behind the decision runs the handler when it thaws, which nobody can prevent.</summary>
    public void Decided(SimWorker worker, TaskDispatch task)
    {
        _decided[(worker.Name, task.Id, task.Attempt)] = task.Dispatch;
        Require(
            _world.Now - worker.LeaseCountedFrom <= NodeLimits.Lease,
            "a node whose lease has lapsed starts nothing",
            $"{worker.Name} starts {task.Id}; its last answered beat was sent {_world.Now - worker.LeaseCountedFrom} ago");
    }

    public HandlerRun Start(SimWorker worker, TaskContext context, ReadOnlyMemory<byte> payload, TaskScript? script)
    {
        Starts++;
        var run = new HandlerRun(
            worker.Fence, worker, context.Id, context.Attempt, _decided.GetValueOrDefault((worker.Name, context.Id, context.Attempt)), context.Queue);
        _world.Trace.Add($"worker  {worker.Fence.Node}/{worker.Fence.Incarnation} starts {context.Id} attempt {context.Attempt}");
        Require(script is not null, "only submitted tasks run", $"{context.Id} was never asked for");
        Require(
            script is null || payload.Span.SequenceEqual(script.Spec.Payload.Span),
            "a handler gets the payload that was submitted",
            $"{context.Id} got {payload.Length} bytes");
        JudgeWorker(worker, run);
        if (_store.IsAlive(worker.Fence))
        {
            JudgeRow(run);
            JudgeOwner(run);
            _owners[(context.Id, context.Attempt)] = run;
        }

        Running(context.Queue).Add(run);
        worker.Running.Add(run);
        JudgeLimit(run.Queue);
        return run;
    }

    public void End(HandlerRun run)
    {
        run.Worker.Running.Remove(run);
        Running(run.Queue).Remove(run);
        _world.Trace.Add($"worker  {run.Fence.Node}/{run.Fence.Incarnation} returns {run.Id} attempt {run.Attempt}");
    }

    /// <summary>The worker has said how it ended, whether or not the handler has returned.</summary>
    public void Reported(SimWorker worker, TaskDispatch task)
    {
        foreach (var run in worker.Running.Append(_owners.GetValueOrDefault((task.Id, task.Attempt))).OfType<HandlerRun>())
        {
            run.Reported |= run.Id == task.Id && run.Attempt == task.Attempt && run.Dispatch == task.Dispatch;
        }
    }

    /// <summary>The worker tells a new server-side actor what it holds: what it has reported as given back, and names no more, it lets go with that.</summary>
    public void Adopts(WorkerInventory inventory)
    {
        var fence = new NodeFence(inventory.Registration.Name, inventory.Incarnation);
        var held = inventory.Held.Select(execution => (execution.Task.Id, execution.Task.Attempt)).ToHashSet();
        foreach (var (attempt, _) in _owners.Where(owner => owner.Value.Fence == fence && owner.Value.Reported && !held.Contains(owner.Key)).ToList())
        {
            _owners.Remove(attempt);
        }
    }

    /// <summary>A process died: nothing of it runs any more, but its attempts stay owned until the store knows.</summary>
    public void Died(SimWorker worker)
    {
        foreach (var run in worker.Running.ToList())
        {
            End(run);
        }
    }

    private void JudgeWorker(SimWorker worker, HandlerRun run)
    {
        Require(
            worker.Running.Count < worker.Options.Slots,
            "never more running than slots",
            $"{worker.Name} has {worker.Options.Slots} and starts {run.Id} beside {worker.Running.Count}");
    }

    private void JudgeRow(HandlerRun run)
    {
        var row = _store.Find(run.Id);
        if (row is null || row.State.IsTerminal() || row.Attempt != run.Attempt)
        {
            _world.Fail(
                row?.State == StoredState.Cancelled ? "a finally cancelled task never starts" : "a start is of the row's attempt",
                $"{run.Worker.Fence} starts attempt {run.Attempt} of {run.Id}, which is {row?.State.ToString() ?? "gone"} at attempt {row?.Attempt}");
            return;
        }

        Require(row.Spec.RunAt <= _store.Time, "no start before its time", $"{run.Id} is due {row.Spec.RunAt:O}, the store's time is {_store.Time:O}");
    }

    private void JudgeOwner(HandlerRun run)
    {
        if (_owners.TryGetValue((run.Id, run.Attempt), out var owner))
        {
            Require(
                !_store.IsAlive(owner.Fence),
                "one live owner for each attempt",
                $"{run.Fence} starts attempt {run.Attempt} of {run.Id}, which {owner.Fence} started and has not settled");
        }
    }

    private void JudgeLimit(string queue)
    {
        if (_limits.TryGetValue(queue, out var limit))
        {
            var alive = Running(queue).Count(run => !run.Reported && _store.IsAlive(run.Fence));
            Require(alive <= limit, "no concurrency limit is exceeded by live nodes", $"queue {queue} allows {limit} and has {alive} running");
        }
    }

    private void OnChanged(SimRow? before, SimRow? after, RowChange why)
    {
        if (why is RowChange.Outcome outcome)
        {
            if (_owners.Remove((outcome.Sent.Id, outcome.Sent.Attempt), out var settled) && outcome.Sent.Kind != OutcomeKind.Released)
            {
                Require(
                    settled.Fence != outcome.Fence || settled.Reported,
                    "an outcome is of the run that owns the attempt",
                    $"{outcome.Sent.Id} attempt {outcome.Sent.Attempt} got {outcome.Sent.Kind} while the run that owns it goes on");
            }
        }
        else if (why is RowChange.CancelFinal && before is not null && _owners.TryGetValue((before.Spec.Id, before.Attempt), out var owner))
        {
            Require(!_store.IsAlive(owner.Fence), "a cancel is final only after its node let go", $"{before.Spec.Id} was cancelled while {owner.Fence} has it started");
        }
    }

    private HashSet<HandlerRun> Running(string queue)
    {
        if (!_runningByQueue.TryGetValue(queue, out var running))
        {
            _runningByQueue[queue] = running = [];
        }

        return running;
    }

    private void Require(bool holds, string invariant, string detail)
    {
        if (!holds)
        {
            _world.Fail(invariant, detail);
        }
    }
}
