using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Simulation.Checks;
using Silo.Simulation.Kernel;

namespace Silo.Simulation.Processes;

/// <summary>A worker's way to its node's actor; notes under which incarnation, and since when, the worker may start tasks.</summary>
internal sealed class DoorTap(SimWorld world, ExecutionLedger ledger, SimWorker worker, INodeDoor door) : INodeDoor
{
    public async Task<WorkerWelcome> RegisterAsync(WorkerRegistration request)
    {
        var asked = world.Now;
        var welcome = await door.RegisterAsync(request);
        if (welcome.Status == DoorStatus.Ok)
        {
            // An answer that was given up may still come, after a later one.
            worker.Fence = new NodeFence(worker.Name, Math.Max(worker.Fence.Incarnation, welcome.Incarnation));
            worker.LeaseCountedFrom = asked > worker.LeaseCountedFrom ? asked : worker.LeaseCountedFrom;
        }

        return welcome;
    }

    public Task<LeaseReply> LeaseAsync(LeaseRequest request) => door.LeaseAsync(request);

    public Task<CompleteReply> CompleteAsync(CompleteRequest request) => door.CompleteAsync(request);

    public Task<WorkerReply> ProgressAsync(ProgressRequest request) => door.ProgressAsync(request);

    public async Task<WorkerReply> BeatAsync(WorkerBeat beat)
    {
        var asked = world.Now;
        var reply = await door.BeatAsync(beat);
        if (reply.Status == DoorStatus.Ok)
        {
            worker.LeaseCountedFrom = asked > worker.LeaseCountedFrom ? asked : worker.LeaseCountedFrom;
            worker.BeatsAs = new NodeFence(worker.Name, beat.Incarnation);
        }

        return reply;
    }

    public Task<WorkerReply> AdoptAsync(WorkerInventory inventory)
    {
        ledger.Adopts(inventory);
        return door.AdoptAsync(inventory);
    }

    public Task<WorkerReply> LeaveAsync(WorkerLeave request) => door.LeaveAsync(request);
}
