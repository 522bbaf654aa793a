using Silo.Core.Engine;
using Silo.Core.Nodes;

namespace Silo.Conformance.Engine;

/// <summary>A node that answers inventories as the test says; everything else fails.</summary>
internal sealed class ScriptedNode(Func<ReadInventory, Task<NodeInventory>> inventory) : INodeActor
{
    public Task<NodeInventory> ReadInventoryAsync(ReadInventory request) => inventory(request);

    public Task<NodeCommandsReply> ApplyAsync(NodeCommands commands) => Unscripted<NodeCommandsReply>();

    public Task<WorkerWelcome> RegisterAsync(WorkerRegistration request) => Unscripted<WorkerWelcome>();

    public Task<LeaseReply> LeaseAsync(LeaseRequest request) => Unscripted<LeaseReply>();

    public Task<CompleteReply> CompleteAsync(CompleteRequest request) => Unscripted<CompleteReply>();

    public Task<WorkerReply> ProgressAsync(ProgressRequest request) => Unscripted<WorkerReply>();

    public Task<WorkerReply> BeatAsync(WorkerBeat beat) => Unscripted<WorkerReply>();

    public Task<WorkerReply> AdoptAsync(WorkerInventory inventory) => Unscripted<WorkerReply>();

    public Task<WorkerReply> LeaveAsync(WorkerLeave request) => Unscripted<WorkerReply>();

    /// <summary>An inventory that carries only this number, as its last command.</summary>
    public static NodeInventory Inventory(long number) =>
        new() { Fence = new NodeFence("node", 1), Epoch = 1, Activation = "activation", LastCommand = number, LastReport = 0, Known = true };

    private static Task<T> Unscripted<T>() => throw new NotSupportedException($"The test scripted no {typeof(T).Name}.");
}
