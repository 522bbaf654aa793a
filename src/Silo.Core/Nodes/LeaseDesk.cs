using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Storage;

namespace Silo.Core.Nodes;

/// <summary>Hands tasks to the worker in numbered batches: repeating a number repeats its batch, the next number confirms it (rule 22).</summary>
internal sealed partial class LeaseDesk(NodePorts ports, CancellationToken stopping)
{
    private readonly Signal _wake = new(ports.Time);
    private long _ordersTold;
    private int _newestCall;
    private List<TaskDispatch> _batch = [];

    /// <summary>Number of the last batch that held tasks.</summary>
    public long Last { get; private set; }

    /// <summary>Another worker life, or another inventory: numbers start again, and whoever still waits is sent away.</summary>
    public void Restart()
    {
        (Last, _batch, _ordersTold) = (0, [], 0);
        _newestCall++;
        _wake.Set();
    }

    public void Wake() => _wake.Set();

    /// <summary>Waits for tasks or new orders, and leases them. The caller checks the incarnation before and after.</summary>
    public async Task<LeaseReply> LeaseAsync(LeaseRequest request, HeldTable table, NodeFence fence, bool storeEveryStart)
    {
        if (request.Number == Last && Last > 0)
            return new LeaseReply { Status = DoorStatus.Ok, Number = Last, Tasks = _batch, Orders = table.Orders() };
        if (request.Number != Last + 1)
            return new LeaseReply { Status = DoorStatus.OutOfOrder, Number = Last + 1 };

        // A worker that asks again has given up on its older question; only the newest may take tasks.
        var call = ++_newestCall;
        _wake.Set();
        var askedAt = ports.Time.GetTimestamp();
        while (!table.AnyQueued && table.OrdersVersion == _ordersTold)
        {
            var left = request.Wait - ports.Time.GetElapsedTime(askedAt);
            if (left <= TimeSpan.Zero || stopping.IsCancellationRequested)
                break;
            await _wake.WaitAsync(left, stopping);
            if (call != _newestCall)
                return new LeaseReply { Status = DoorStatus.Ok, Number = request.Number };
        }

        var entries = table.Lease(Math.Clamp(request.Max, 1, NodeLimits.LeaseTasksMax));
        if (entries.Count > 0 && !await StoreStartsAsync(entries, fence, storeEveryStart))
        {
            table.Unlease(entries);
            return new LeaseReply { Status = DoorStatus.NotReady, Number = request.Number };
        }

        if (call != _newestCall)
        {
            table.Unlease(entries);
            return new LeaseReply { Status = DoorStatus.Ok, Number = request.Number };
        }

        // What was taken back while its start was being written is not handed out.
        entries.RemoveAll(static entry => entry.Gone);
        _ordersTold = table.OrdersVersion;
        if (entries.Count > 0)
            (Last, _batch) = (request.Number, entries.ConvertAll(static entry => entry.Dispatch));
        return new LeaseReply { Status = DoorStatus.Ok, Number = request.Number, Tasks = entries.Count > 0 ? _batch : [], Orders = table.Orders() };
    }

    /// <summary>Writes the starts that must be on record before the handler begins (rule 12, slow nodes of rule 22).</summary>
    /// <returns>False when they could not be written, or the fence is lost.</returns>
    private async Task<bool> StoreStartsAsync(List<HeldEntry> entries, NodeFence fence, bool every)
    {
        var storing = new List<HeldEntry>();
        foreach (var entry in entries)
        {
            if ((!every && !entry.Dispatch.StoreStart) || entry.StartStored)
                continue;
            entry.StartMayBeStored = true;
            storing.Add(entry);
        }

        if (storing.Count == 0)
            return true;
        var now = ports.Clock.LowerBound;
        var starts = storing.ConvertAll(entry => new TaskStart(entry.Dispatch.Id, entry.Dispatch.Attempt, now));
        try
        {
            var stored = await ports.Store.MarkRunningAsync(fence, starts, stopping);
            foreach (var entry in storing)
                entry.StartStored = stored;
            return stored;
        }
        catch (Exception failure) when (failure is StoreUnavailableException or StoreUnknownException)
        {
            LogNotStored(ports.Logger, starts.Count, fence.Node, StoreFailure.InOneLine(failure));
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} starts of node {Node} could not be stored; the tasks stay queued: {Reason}")]
    private static partial void LogNotStored(ILogger logger, int count, string node, string reason);
}
