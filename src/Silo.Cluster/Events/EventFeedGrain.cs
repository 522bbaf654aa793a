using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Silo.Cluster.Placement;

namespace Silo.Cluster.Events;

/// <summary>The door through which this silo's events leave, and others' arrive.</summary>
[Reentrant]
[GrainDirectory(ClusterDirectory.Name)]
[NodePlacement]
[CollectionAgeLimit(Minutes = 10)]
internal sealed class EventFeedGrain(IGrainContext context, RemoteReaders readers, ClusterEvents events) : IGrainBase, IEventFeedGrain
{
    public IGrainContext GrainContext => context;

    public Task RenewAsync(EventInterest interest)
    {
        readers.Renew(interest);
        return Task.CompletedTask;
    }

    public Task DeliverAsync(EventDelivery delivery)
    {
        events.Receive(delivery);
        return Task.CompletedTask;
    }
}
