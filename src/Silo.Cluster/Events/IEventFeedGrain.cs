using Silo.Core.Engine;

namespace Silo.Cluster.Events;

/// <summary>Where the silos exchange live events; one on each silo, whose name is the key.</summary>
internal interface IEventFeedGrain : IGrainWithStringKey
{
    /// <summary>From another silo: what it wants to hear of from this one. It lasts <see cref="RemoteReaders.InterestLasts"/>.</summary>
    Task RenewAsync(EventInterest interest);

    /// <summary>From another silo: what happened there.</summary>
    Task DeliverAsync(EventDelivery delivery);
}

/// <param name="Reader">The silo that listens.</param>
/// <param name="All">Every event; else those of the tasks named.</param>
/// <param name="Tasks">Ids of tasks.</param>
/// <param name="Adds">Only these tasks are told; whether all events are wanted stays as it was.</param>
[GenerateSerializer, Immutable]
internal sealed record EventInterest([property: Id(0)] string Reader, [property: Id(1)] bool All, [property: Id(2)] IReadOnlyList<Guid> Tasks, [property: Id(3)] bool Adds);

/// <param name="Events">In the order published.</param>
/// <param name="Missed">Events before these were lost.</param>
[GenerateSerializer, Immutable]
internal sealed record EventDelivery([property: Id(0)] IReadOnlyList<TaskEvent> Events, [property: Id(1)] bool Missed);
