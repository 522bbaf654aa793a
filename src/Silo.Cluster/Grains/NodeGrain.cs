using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Silo.Cluster.Client.Grains;
using Silo.Cluster.Placement;
using Silo.Core.Engine;

namespace Silo.Cluster.Grains;

/// <summary>The door of one node, on the silo of that name. A worker that joined over HTTP has its door on the silo that it called first.</summary>
[Reentrant]
[GrainDirectory(ClusterDirectory.Name)]
[NodePlacement]
[CollectionAgeLimit(Minutes = 10)]
internal sealed class NodeGrain(IGrainContext context, LocalGrains local, ActorFactories factories, IActors actors) : ActorGrain<INodeActor>(context, local), INodeGrain
{
    public Task<NodeCommandsReply> ApplyAsync(NodeCommands commands) => Actor.ApplyAsync(commands);

    public Task<NodeInventory> ReadInventoryAsync(ReadInventory request) => Actor.ReadInventoryAsync(request);

    public Task<WorkerWelcome> RegisterAsync(WorkerRegistration request) => Actor.RegisterAsync(request);

    public Task<LeaseReply> LeaseAsync(LeaseRequest request) => Actor.LeaseAsync(request);

    public Task<CompleteReply> CompleteAsync(CompleteRequest request) => Actor.CompleteAsync(request);

    public Task<WorkerReply> ProgressAsync(ProgressRequest request) => Actor.ProgressAsync(request);

    public Task<WorkerReply> BeatAsync(WorkerBeat beat) => Actor.BeatAsync(beat);

    public Task<WorkerReply> AdoptAsync(WorkerInventory inventory) => Actor.AdoptAsync(inventory);

    public Task<WorkerReply> LeaveAsync(WorkerLeave request) => Actor.LeaveAsync(request);

    protected override INodeActor MakeActor() => factories.Node(Key, actors);
}
