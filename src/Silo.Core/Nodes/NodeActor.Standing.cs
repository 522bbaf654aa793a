using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Core.Nodes;

/// <content>Which incarnation this is, whether it lives, and what it holds in the eyes of worker and scheduler.</content>
public sealed partial class NodeActor
{
    public async Task<WorkerReply> AdoptAsync(WorkerInventory inventory)
    {
        if (inventory.Incarnation < _fence.Incarnation || (inventory.Incarnation == _fence.Incarnation && _standing == NodeStandingHere.Ended))
            return new WorkerReply { Status = DoorStatus.Fenced };
        if (_standing == NodeStandingHere.Alive && inventory.Incarnation == _fence.Incarnation)
            return Reconcile(inventory);

        // Nothing is believed before the scheduler has said that this incarnation lives.
        var table = new HeldTable();
        // Of two attempts of one task the earlier is settled: its answer was lost on the way to the worker, which reports it again.
        foreach (var attempts in inventory.Held.GroupBy(static execution => execution.Task.Id))
            table.Adopt(attempts.MaxBy(static execution => execution.Task.Dispatch)!);
        var fence = new NodeFence(_name, inventory.Incarnation);
        var offer = Inventory(fence, new HeldTable(), lastCommand: 0, lastReport: 0, known: false);
        var reply = await AskAsync(static (scheduler, asked) => scheduler.OfferInventoryAsync(asked), offer);
        if (inventory.Incarnation < _fence.Incarnation || reply is null || reply.Standing is NodeStanding.Unknown or NodeStanding.InventoryWanted)
            return new WorkerReply { Status = DoorStatus.NotReady };
        if (reply.Standing == NodeStanding.Fenced)
            return new WorkerReply { Status = DoorStatus.Fenced };
        if (_standing != NodeStandingHere.Alive || _fence != fence)
            Begin(inventory.Registration, inventory.Incarnation, reply.Epoch, table);
        _lastInventory = inventory.Number;
        return new WorkerReply { Status = DoorStatus.Ok, Epoch = reply.Epoch, Orders = _table.Orders() };
    }

    /// <summary>The worker tells again what it holds: what it does not hold any more is given back, what it should not hold it is told to drop.</summary>
    private WorkerReply Reconcile(WorkerInventory inventory)
    {
        if (inventory.Number < _lastInventory)
            return new WorkerReply { Status = DoorStatus.NotReady };
        if (inventory.Number == _lastInventory)
            return new WorkerReply { Status = DoorStatus.Ok, Epoch = _epoch, Orders = _table.Orders() };
        _lastInventory = inventory.Number;
        _leases.Restart();
        var held = new HashSet<HeldAttempt>();
        var unknown = new List<TaskId>();
        foreach (var execution in inventory.Held)
        {
            var attempt = new HeldAttempt(execution.Task.Id, execution.Task.Attempt, execution.Task.Dispatch);
            held.Add(attempt);
            // An order names a task, not an attempt: what the worker was given since must not be dropped for what it still holds of an earlier attempt.
            if (_table.FindWithWorker(attempt) is null && !_table.IsWithWorker(attempt.Id))
                unknown.Add(attempt.Id);
        }

        var missing = _table.Entries.Where(entry => entry.Phase == HeldPhase.Leased && !held.Contains(entry.Held)).ToList();
        foreach (var entry in missing)
            GiveBack(entry, wait: null);
        _reports.Flush();
        var orders = _table.Orders();
        return new WorkerReply { Status = DoorStatus.Ok, Epoch = _epoch, Orders = orders with { Cancel = [.. orders.Cancel, .. unknown] } };
    }

    /// <summary>The answer to a worker that speaks for an incarnation which is not the one alive here; null when it is.</summary>
    private DoorStatus? Refusal(long incarnation)
    {
        if (incarnation < _fence.Incarnation)
            return DoorStatus.Fenced;
        if (incarnation > _fence.Incarnation || _standing == NodeStandingHere.New)
            return DoorStatus.InventoryWanted;
        return _standing == NodeStandingHere.Ended ? DoorStatus.Fenced : null;
    }

    private void Begin(NodeRegistration registration, long incarnation, long epoch, HeldTable table)
    {
        (_registration, _fence, _table) = (registration, new NodeFence(_name, incarnation), table);
        (_standing, _leaving, _suspected, _lastInventory) = (NodeStandingHere.Alive, false, null, 0);
        _answers.Clear();
        TakeEpoch(Math.Max(epoch, _epoch));
        _leases.Restart();
    }

    /// <summary>The incarnation is over: nothing of it may be reported or started any more.</summary>
    private void End()
    {
        (_standing, _table) = (NodeStandingHere.Ended, new HeldTable());
        _reports.Restart(_fence, _epoch);
        _leases.Restart();
        LogEnded(_ports.Logger, _name, _fence.Incarnation);
    }

    private void TakeEpoch(long epoch)
    {
        _epoch = epoch;
        _lastCommand = 0;
        _reports.Restart(_fence, epoch);
    }

    /// <summary>The scheduler says where this node stands with it.</summary>
    private void OnStanding(NodeStanding standing, long epoch)
    {
        if (_standing != NodeStandingHere.Alive || epoch < _epoch)
            return;
        if (standing == NodeStanding.Fenced)
            End();
        else if (standing == NodeStanding.InventoryWanted && !_offering)
            _ = OfferInventoryAsync(epoch);
    }

    private async Task OfferInventoryAsync(long epoch)
    {
        _offering = true;
        if (epoch > _epoch)
            TakeEpoch(epoch);
        var fence = _fence;
        var reply = await AskAsync(static (scheduler, asked) => scheduler.OfferInventoryAsync(asked), Inventory(_fence, _table, _lastCommand, _reports.LastMade, known: true));
        _offering = false;
        if (reply is { Standing: NodeStanding.Fenced } && fence == _fence && reply.Epoch >= _epoch)
            End();
    }

    private NodeInventory Inventory(NodeFence fence, HeldTable table, long lastCommand, long lastReport, bool known) => new()
    {
        Fence = fence,
        Epoch = _epoch,
        Activation = _activation,
        LastCommand = lastCommand,
        LastReport = lastReport,
        Known = known,
        Held = [.. table.Entries.Select(static entry => new HeldTask(entry.Dispatch.Id, entry.Dispatch.Attempt, entry.Dispatch.Dispatch, entry.Dispatch.Queue, entry.Dispatch.Type, entry.Phase))],
    };

    /// <summary>True unless worker and actor have disagreed in the same way at two beats in a row: once may be a message under way (rule 11).</summary>
    private bool AgreesOnHeld(WorkerBeat beat)
    {
        if (beat.Held is not { } theirs || beat.LastLease != _leases.Last)
            return true;
        var ours = _table.WorkerDigest();
        var again = _suspected == (theirs, ours);
        _suspected = theirs == ours || again ? null : (theirs, ours);
        return !again;
    }

    /// <summary>Asks the scheduler; null stands for no answer, which says nothing about whether it was done (rule 7).</summary>
    private async Task<TReply?> AskAsync<TRequest, TReply>(Func<ISchedulerActor, TRequest, Task<TReply>> ask, TRequest request)
        where TReply : class
    {
        try
        {
            return await ask(_ports.Actors.Scheduler(_pool), request).WaitAsync(_ports.CallTimeout, _ports.Time, _stopping.Token);
        }
        catch (Exception failure)
        {
            LogUnanswered(_ports.Logger, failure, _name, typeof(TRequest).Name);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Incarnation {Incarnation} of node {Node} has ended.")]
    private static partial void LogEnded(ILogger logger, string node, long incarnation);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The scheduler did not answer {Request} of node {Node}.")]
    private static partial void LogUnanswered(ILogger logger, Exception failure, string node, string request);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} starts of node {Node} could not be written as running: {Reason}")]
    private static partial void LogNotMarked(ILogger logger, int count, string node, string reason);
}
