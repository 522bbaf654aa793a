using Silo.Core.Engine;
using Silo.Simulation.Kernel;

namespace Silo.Simulation.Network;

/// <summary>A node's actor as another process sees it.</summary>
internal sealed class NodeCalls(SimNetwork network, SimProcess from, string node, IActorDirectory directory) : INodeActor
{
    public Task<NodeCommandsReply> ApplyAsync(NodeCommands commands) => Call("Apply", commands, static (actor, message) => actor.ApplyAsync(message));

    public Task<NodeInventory> ReadInventoryAsync(ReadInventory request) => Call("ReadInventory", request, static (actor, message) => actor.ReadInventoryAsync(message));

    public Task<WorkerWelcome> RegisterAsync(WorkerRegistration request) => Call("Register", request, static (actor, message) => actor.RegisterAsync(message));

    public Task<LeaseReply> LeaseAsync(LeaseRequest request) => Call("Lease", request, static (actor, message) => actor.LeaseAsync(message));

    public Task<CompleteReply> CompleteAsync(CompleteRequest request) => Call("Complete", request, static (actor, message) => actor.CompleteAsync(message));

    public Task<WorkerReply> ProgressAsync(ProgressRequest request) => Call("Progress", request, static (actor, message) => actor.ProgressAsync(message));

    public Task<WorkerReply> BeatAsync(WorkerBeat beat) => Call("WorkerBeat", beat, static (actor, message) => actor.BeatAsync(message));

    public Task<WorkerReply> AdoptAsync(WorkerInventory inventory) => Call("Adopt", inventory, static (actor, message) => actor.AdoptAsync(message));

    public Task<WorkerReply> LeaveAsync(WorkerLeave request) => Call("Leave", request, static (actor, message) => actor.LeaveAsync(message));

    private Task<TReply> Call<TRequest, TReply>(string what, TRequest request, Func<INodeActor, TRequest, Task<TReply>> serve)
        where TRequest : class
        where TReply : class =>
        network.CallAsync(from, () => directory.FindNode(node), what, request, serve);
}
