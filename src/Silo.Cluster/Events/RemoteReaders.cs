namespace Silo.Cluster.Events;

/// <summary>The silos that listen to this one.</summary>
internal sealed class RemoteReaders(IGrainFactory grains, ClusterEvents events, TimeProvider time)
{
    /// <summary>How long an interest lasts without a renewal, so that a silo that died costs nothing for long.</summary>
    public static readonly TimeSpan InterestLasts = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, RemoteReader> _readers = [];

    public void Renew(EventInterest interest)
    {
        lock (_gate)
        {
            if (!_readers.TryGetValue(interest.Reader, out var reader))
            {
                _readers[interest.Reader] = reader = new RemoteReader(grains.GetGrain<IEventFeedGrain>(interest.Reader), events, time);
            }

            reader.Renew(interest);
        }
    }

    public void DropExpired()
    {
        lock (_gate)
        {
            foreach (var (silo, reader) in _readers.ToList())
            {
                reader.DropTasksOlderThan(InterestLasts);
                if (reader.Age > InterestLasts)
                {
                    _readers.Remove(silo);
                    reader.Dispose();
                }
            }
        }
    }
}
