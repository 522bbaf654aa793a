using Silo.Core.Engine;
using Silo.Embedded.Turns;

namespace Silo.Embedded.Proxies;

/// <summary>Calls the actor of one node wherever its activation is.</summary>
internal sealed class NodeProxy(ActorDirectory<string, INodeActor> nodes, string name) : INodeActor
{
    public Task<NodeCommandsReply> ApplyAsync(NodeCommands commands) =>
        nodes.CallAsync(name, commands, static (actor, message) => actor.ApplyAsync(message));

    public Task<NodeInventory> ReadInventoryAsync(ReadInventory request) =>
        nodes.CallAsync(name, request, static (actor, message) => actor.ReadInventoryAsync(message));

    public Task<WorkerWelcome> RegisterAsync(WorkerRegistration request) =>
        nodes.CallAsync(name, request, static (actor, message) => actor.RegisterAsync(message));

    public Task<LeaseReply> LeaseAsync(LeaseRequest request) =>
        nodes.CallAsync(name, request, static (actor, message) => actor.LeaseAsync(message));

    public Task<CompleteReply> CompleteAsync(CompleteRequest request) =>
        nodes.CallAsync(name, request, static (actor, message) => actor.CompleteAsync(message));

    public Task<WorkerReply> ProgressAsync(ProgressRequest request) =>
        nodes.CallAsync(name, request, static (actor, message) => actor.ProgressAsync(message));

    public Task<WorkerReply> BeatAsync(WorkerBeat beat) =>
        nodes.CallAsync(name, beat, static (actor, message) => actor.BeatAsync(message));

    public Task<WorkerReply> AdoptAsync(WorkerInventory inventory) =>
        nodes.CallAsync(name, inventory, static (actor, message) => actor.AdoptAsync(message));

    public Task<WorkerReply> LeaveAsync(WorkerLeave request) =>
        nodes.CallAsync(name, request, static (actor, message) => actor.LeaveAsync(message));
}
