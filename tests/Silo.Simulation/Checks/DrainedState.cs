using Silo.Core.Engine;
using Silo.Core.Scheduling;
using Silo.Core.Tasks;
using Silo.Simulation.Processes;
using Silo.Simulation.Workload;

namespace Silo.Simulation.Checks;

/// <summary>After the faults: every task has ended, and nobody remembers anything that is no longer true.</summary>
internal sealed class DrainedState(SimSystem system, Client client)
{
    /// <summary>What is not over yet; null when all is.</summary>
    public string? Missing()
    {
        if (system.Store.Rows.Values.FirstOrDefault(row => !row.State.IsTerminal()) is { } open)
        {
            return $"{open.Spec.Id} of {open.Spec.Queue} is still {open.State} at attempt {open.Attempt}, due {open.Spec.RunAt - system.Store.Time} from now; {Whereabouts(open.Spec.Id)}";
        }

        if (system.Store.Cancels.Count > 0)
        {
            return $"the cancel of {system.Store.Cancels.First()} is still on record";
        }

        if (client.Open > 0)
        {
            return $"{client.Open} requests of the client are open";
        }

        if (!system.Servers.AllUp || system.Servers.Scheduling.Scheduler is not { Acting: true, HasSteppedDown: false } scheduler)
        {
            return "no scheduler acts";
        }

        return MissingIn(scheduler.Board);
    }

    /// <summary>Once all has been quiet for a while.</summary>
    public void Judge()
    {
        if (Missing() is { } missing)
        {
            system.World.Fail("memory equals the store", missing);
            return;
        }

        foreach (var id in system.Book.Acknowledged)
        {
            if (system.Store.Find(id) is null && !system.History.WasPruned(id))
            {
                system.World.Fail("acknowledged means stored", $"{id} is gone");
            }
        }

        foreach (var worker in system.Workers)
        {
            JudgeNode(worker);
        }
    }

    private static string? MissingIn(SchedulerBoard board)
    {
        foreach (var queue in board.Queues.Values)
        {
            if (queue.Window.Count > 0 || queue.OnNodes > 0)
            {
                return $"the scheduler remembers {queue.Window.Count} waiting and {queue.OnNodes} placed tasks of {queue.Settings.Name}";
            }
        }

        foreach (var node in board.Nodes.Values)
        {
            if (node.Occupied > 0 || node.Held.Count > 0)
            {
                return $"the scheduler counts {node.Occupied} slots of {node.Name} as taken, {node.Held.Count} tasks as held";
            }
        }

        if (board.Assignments.Count + board.Cancels.Count + board.ToReadBack.Count + board.ToFinalise.Count > 0)
        {
            return $"the scheduler has {board.Assignments.Count} assignments, {board.Cancels.Count} cancels, {board.ToReadBack.Count} rows to read, {board.ToFinalise.Count} to cancel";
        }

        return null;
    }

    private void JudgeNode(SimWorker worker)
    {
        if (system.Servers.Current.Nodes.TryGetValue(worker.Name, out var node))
        {
            var inventory = node.Actor.ReadInventoryAsync(new ReadInventory(0));
            if (!inventory.IsCompletedSuccessfully || inventory.Result.Held.Count > 0)
            {
                system.World.Fail("no node holds what has ended", $"{worker.Name} still holds {(inventory.IsCompletedSuccessfully ? inventory.Result.Held[0].Id : default)}");
            }
        }

        if (!system.Servers.Scheduling.Scheduler!.Board.Nodes.ContainsKey(worker.Name))
        {
            system.World.Fail("every worker is back", $"{worker.Name} is not among the living nodes");
        }
    }

    private string Whereabouts(TaskId id)
    {
        if (system.Servers.Scheduling.Scheduler is not { } scheduler)
        {
            return "there is no scheduler";
        }

        var board = scheduler.Board;
        if (board.Assignments.TryGetValue(id, out var sent))
        {
            return $"it is on {sent.Node.Name}/{sent.Node.Fence.Incarnation}";
        }

        var row = system.Store.Find(id)!;
        var queue = board.Queue(row.Spec.Queue);
        return $"in memory {queue.Window.Contains(id)}, held {board.IsHeld(id)}, acting {scheduler.Acting}, paused {queue.Settings.Paused}, "
            + $"{queue.OnNodes} on nodes of at most {queue.Settings.ConcurrencyMax?.ToString() ?? "any"}, more in store {queue.Window.MoreInStore}, "
            + $"nodes {string.Join(", ", board.Nodes.Values.Select(state => $"{state.Name} {state.Occupied}/{state.Slots} accepting {state.Accepting}"))}";
    }
}
