using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Core.Scheduling;

/// <content>Nodes: who lives, what each holds, and the end of those that are silent.</content>
public sealed partial class SchedulerActor
{
    private const int PullsMax = 50;

    private static readonly TimeSpan PullWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StoreRetryWait = TimeSpan.FromMilliseconds(200);

    private readonly HashSet<NodeState> _pulling = [];

    /// <summary>The node of a fence that lives; else what to tell whoever speaks for it.</summary>
    private (NodeStanding Standing, NodeState? Node) Stand(NodeFence fence)
    {
        if (!_nodesKnown)
            return (NodeStanding.Unknown, null);
        if (!_board.Nodes.TryGetValue(fence.Node, out var node) || fence.Incarnation < node.Fence.Incarnation)
            return (_registering.Contains(fence.Node) ? NodeStanding.Unknown : NodeStanding.Fenced, null);
        return node.Fencing || node.Fence != fence ? (NodeStanding.Unknown, null) : (NodeStanding.Alive, node);
    }

    private static bool IsFresh(NodeState node)
    {
        var patience = node.Registration.BeatInterval * 2;
        return !node.Fencing && node.Silence < (patience > TimeSpan.FromSeconds(2) ? patience : TimeSpan.FromSeconds(2));
    }

    private bool HasEnded(NodeState node) => _ports.Witness?.HasEnded(node.Registration) == true;

    /// <summary>Compares what both sides think the node holds, when nothing is under way between them; the same difference twice asks for an inventory (rule 11).</summary>
    private static bool Agrees(NodeState node, NodeBeat beat)
    {
        if (node.Outbox.Any || beat.LastCommand != node.Outbox.Acknowledged || beat.ReportsPending || beat.LastReport != node.LastReport)
            return true;
        var again = node.Suspected == (beat.Held, node.Held);
        node.Suspected = beat.Held == node.Held || again ? null : (beat.Held, node.Held);
        return !again;
    }

    /// <summary>A fence that the store made behind this registration was answered before it: the incarnation has ended already.</summary>
    private bool IsOvertaken(string name, long incarnation) => _known.TryGetValue(name, out var known) && known.Incarnation > incarnation;

    private void Admit(RegisterNode request, RegisterNodeAnswer answer)
    {
        var name = request.Registration.Name;
        // A drain that was stored behind this registration may have been answered before it.
        var draining = _known.TryGetValue(name, out var known) ? known.Draining : answer.Draining;
        _known[name] = new NodeRecord(request.Registration, answer.Incarnation, Alive: true, draining, LeftInOrder: false);
        _board.Nodes.TryGetValue(name, out var present);
        if (present?.Fence.Incarnation == answer.Incarnation)
        {
            // The same registration again, its first answer lost. Through another life of the node's actor it says nothing about what is held: that life may be
            // an older one, which has only now come to send it.
            if (present.Outbox.Activation != request.Activation)
                PullInventory(present);
        }
        else
        {
            if (present is not null)
                _board.NodeGone(present, answer.Casualties, FenceReason.Died);
            else
                _board.ReadBackCasualties(answer.Casualties);
            TellConvicted(answer.Casualties);
            _board.Nodes[name] = new NodeState(request.Registration, answer.Incarnation, request.Activation) { Draining = draining };
            LogRegistered(_ports.Logger, name, answer.Incarnation, request.Registration.Slots);
        }

        ActSoon();
    }

    private void PullInventory(NodeState node)
    {
        if (_pulling.Add(node))
            _ = PullInventoryAsync(node);
    }

    /// <summary>Asks until the node's actor knows what its worker holds, then sets memory right.</summary>
    private async Task PullInventoryAsync(NodeState node)
    {
        try
        {
            for (var pull = 0; pull < PullsMax && IsCurrent(node); pull++)
            {
                var asked = node.Outbox;
                var inventory = await ReadInventoryAsync(node.Name);
                if (!IsCurrent(node))
                    return;
                if (inventory?.Epoch > _epoch)
                    StepDown(inventory.Epoch);
                else if (inventory is { Known: true } && inventory.Fence == node.Fence && inventory.Epoch == _epoch && ReferenceEquals(asked, node.Outbox) && !IsStale(node, inventory))
                {
                    Believe(node, inventory);
                    return;
                }

                await Task.Delay(PullWait, _ports.Time, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The scheduler ends; its successor asks again.
        }
        finally
        {
            _pulling.Remove(node);
        }
    }

    private bool IsCurrent(NodeState node) => !node.Fencing && _board.Nodes.TryGetValue(node.Name, out var present) && present == node;

    /// <summary>A report or a command has passed the inventory on its way.</summary>
    private static bool IsStale(NodeState node, NodeInventory inventory) =>
        inventory.Activation == node.Outbox.Activation && (inventory.LastReport < node.LastReport || inventory.LastCommand < node.Outbox.Acknowledged);

    private void Believe(NodeState node, NodeInventory inventory)
    {
        foreach (var foreign in _board.Reconcile(node, inventory))
            node.Outbox.Cancel(foreign);
        // It was the node's actor that answered; only a beat comes from the worker itself.
        node.Awaited = false;
        _ = ReleaseRunningAsync(node.Fence, [.. inventory.Held.Select(static task => task.Id)]);
        LogInventory(_ports.Logger, node.Name, inventory.Held.Count);
        ActSoon();
    }

    private async Task<NodeInventory?> ReadInventoryAsync(string name)
    {
        try
        {
            return await _ports.Actors.Node(name).ReadInventoryAsync(new ReadInventory(_epoch)).WaitAsync(_options.CallTimeout, _ports.Time, _stopping.Token);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            LogUnanswered(_ports.Logger, failure, name);
            return null;
        }
    }

    /// <summary>Ends an incarnation: the fence first, and only once that is known its tasks run elsewhere (I3).</summary>
    /// <returns>Whether it has ended.</returns>
    private async Task<bool> FenceAsync(NodeState node, FenceReason reason)
    {
        if (node.Fencing)
            return false;
        node.Fencing = true;
        var unknown = false;
        while (!HasSteppedDown && !_stopping.IsCancellationRequested)
        {
            try
            {
                var answer = await _ports.Store.FenceNodeAsync(_options.Pool, _epoch, node.Fence, reason, _stopping.Token);
                if (answer.Answer == EpochAnswer.StaleEpoch)
                {
                    StepDown(_epoch + 1);
                    return false;
                }

                _board.NodeGone(node, answer.Casualties, reason);
                TellConvicted(answer.Casualties);
                // The first try may have committed without telling which rows it put back.
                if (unknown && answer.Answer == EpochAnswer.AlreadyFenced)
                    Rescan();
                Remember(node, reason);
                ActSoon();
                return true;
            }
            catch (Exception failure) when (failure is StoreUnavailableException or StoreUnknownException)
            {
                unknown |= failure is StoreUnknownException;
                LogStoreAway(_ports.Logger, "fencing a node", StoreFailure.InOneLine(failure));
                await Task.Delay(StoreRetryWait, _ports.Time, CancellationToken.None);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return false;
            }
        }

        return false;
    }

    private void Remember(NodeState node, FenceReason reason)
    {
        if (reason == FenceReason.Left)
            LogLeft(_ports.Logger, node.Name, node.Fence.Incarnation);
        else
            LogDied(_ports.Logger, node.Name, node.Fence.Incarnation, node.Silence);
        if (_known.TryGetValue(node.Name, out var record) && record.Incarnation == node.Fence.Incarnation)
            // The store has raised the number too: nothing that names the old one is about this row any more.
            _known[node.Name] = record with { Incarnation = record.Incarnation + 1, Alive = false, LeftInOrder = reason == FenceReason.Left, EndedAt = _ports.Clock.LowerBound };
    }

    private void TellConvicted(IReadOnlyList<Casualty> casualties)
    {
        var convicted = casualties.Where(static casualty => casualty.Convicted).ToList();
        if (convicted.Count > 0)
            _ports.Events.Publish(convicted.ConvertAll(static casualty => new TaskEvent { Kind = TaskEventKind.Recorded, Id = casualty.Id, State = StoredState.Failed }));
    }

    private async Task ReleaseRunningAsync(NodeFence fence, IReadOnlyList<TaskId> held)
    {
        try
        {
            if (await TryStoreAsync(() => _ports.Store.ReleaseRunningAsync(_options.Pool, _epoch, fence, held, _stopping.Token), "releasing what a node does not hold") is { } answer)
            {
                _board.ToReadBack.UnionWith(answer.Released);
                if (answer.Released.Count > 0)
                    ActSoon();
                return;
            }

            // The rows stay marked until the next inventory or the fence; asking for one is the repeat, after a moment.
            await Task.Delay(StoreRetryWait, _ports.Time, _stopping.Token);
            if (_board.Nodes.TryGetValue(fence.Node, out var node) && node.Fence == fence)
                PullInventory(node);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The scheduler ends; its successor reads the inventory anew.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} is here as incarnation {Incarnation} with {Slots} slots.")]
    private static partial void LogRegistered(ILogger logger, string node, long incarnation, int slots);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} says that it holds {Count} tasks.")]
    private static partial void LogInventory(ILogger logger, string node, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} has left in order; its incarnation {Incarnation} has ended.")]
    private static partial void LogLeft(ILogger logger, string node, long incarnation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Node} is declared dead after a silence of {Silence}: its incarnation {Incarnation} has ended, and what it held runs elsewhere.")]
    private static partial void LogDied(ILogger logger, string node, long incarnation, TimeSpan silence);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Node {Node} did not answer what it holds.")]
    private static partial void LogUnanswered(ILogger logger, Exception failure, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is away while {Doing}: {Reason}")]
    private static partial void LogStoreAway(ILogger logger, string doing, string reason);
}
