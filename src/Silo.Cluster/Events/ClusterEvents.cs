using Silo.Core.Engine;

namespace Silo.Cluster.Events;

/// <summary>Live events of the whole cluster: what happens here is heard here and by the silos that asked for it; what they send is heard here, and sent no further.</summary>
internal sealed class ClusterEvents(LiveEvents here) : IEventSink
{
    private readonly LiveEvents _outgoing = new();

    /// <inheritdoc/>
    public bool Listening => here.Listening || _outgoing.Listening;

    /// <inheritdoc/>
    public void Publish(IReadOnlyList<TaskEvent> events)
    {
        here.Publish(events);
        _outgoing.Publish(events);
    }

    /// <summary>What another silo sent.</summary>
    public void Receive(EventDelivery delivery)
    {
        if (delivery.Missed)
        {
            here.PublishMissed();
        }

        here.Publish(delivery.Events);
    }

    /// <summary>What happens on this silo, for another one.</summary>
    public EventSubscription SubscribeFor(RemoteReader reader) => _outgoing.Subscribe(reader.Wants);
}
