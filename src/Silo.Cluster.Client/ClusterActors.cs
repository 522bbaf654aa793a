using Silo.Cluster.Client.Grains;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Cluster.Client;

/// <summary>The actors of a cluster: each is a grain, and looking one up costs no call.</summary>
/// <remarks>A call ends with <see cref="ActorUnavailableException"/> when the cluster cannot answer it, and with what the actor threw otherwise.</remarks>
public sealed class ClusterActors(IGrainFactory grains) : IActors
{
    /// <inheritdoc/>
    public ISchedulerActor Scheduler(string pool) => grains.GetGrain<ISchedulerGrain>(pool);

    /// <inheritdoc/>
    public INodeActor Node(string name) => grains.GetGrain<INodeGrain>(name);

    /// <inheritdoc/>
    public ITaskActor Task(TaskId id) => grains.GetGrain<ITaskGrain>(id.Value);
}
