using Silo.Core.Engine;

namespace Silo.Server.Serving;

/// <summary>The door of the node in this process, which outlives its grain: once the cluster has declared this silo dead, nobody can be called behind it, and it says itself
/// that the node's incarnation has ended, so that the worker drops what it holds instead of trying again.</summary>
/// <param name="door">The node's grain.</param>
/// <param name="expelled">Completes when the cluster has declared this silo dead.</param>
internal sealed class ExpelledDoor(INodeDoor door, Task expelled) : INodeDoor
{
    public Task<WorkerWelcome> RegisterAsync(WorkerRegistration request) => door.RegisterAsync(request);

    public Task<LeaseReply> LeaseAsync(LeaseRequest request) => CallAsync(door.LeaseAsync(request), static status => new LeaseReply { Status = status });

    public Task<CompleteReply> CompleteAsync(CompleteRequest request) => CallAsync(door.CompleteAsync(request), static status => new CompleteReply { Status = status });

    public Task<WorkerReply> ProgressAsync(ProgressRequest request) => CallAsync(door.ProgressAsync(request), static status => new WorkerReply { Status = status });

    public Task<WorkerReply> BeatAsync(WorkerBeat beat) => CallAsync(door.BeatAsync(beat), static status => new WorkerReply { Status = status });

    public Task<WorkerReply> AdoptAsync(WorkerInventory inventory) => CallAsync(door.AdoptAsync(inventory), static status => new WorkerReply { Status = status });

    public Task<WorkerReply> LeaveAsync(WorkerLeave request) => CallAsync(door.LeaveAsync(request), static status => new WorkerReply { Status = status });

    private async Task<TReply> CallAsync<TReply>(Task<TReply> call, Func<DoorStatus, TReply> reply)
    {
        try
        {
            return await call;
        }
        catch (ActorUnavailableException) when (expelled.IsCompleted)
        {
            return reply(DoorStatus.Fenced);
        }
    }
}
