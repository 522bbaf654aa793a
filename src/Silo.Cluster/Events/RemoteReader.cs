using System.Collections.Concurrent;
using Silo.Core.Engine;

namespace Silo.Cluster.Events;

/// <summary>One other silo that listens to this one: what it wants, until when, and a bounded share of events that is sent to it batch by batch.</summary>
internal sealed class RemoteReader : IDisposable
{
    private static readonly TimeSpan DeliverLimit = TimeSpan.FromSeconds(2);

    private readonly IEventFeedGrain _feed;
    private readonly TimeProvider _time;
    private readonly EventSubscription _subscription;
    private readonly ConcurrentDictionary<Guid, long> _tasks = new();
    private volatile bool _all;
    private long _renewedAt;

    public RemoteReader(IEventFeedGrain feed, ClusterEvents events, TimeProvider time)
    {
        (_feed, _time, _renewedAt) = (feed, time, time.GetTimestamp());
        _subscription = events.SubscribeFor(this);
        _ = SendAsync();
    }

    public TimeSpan Age => _time.GetElapsedTime(Volatile.Read(ref _renewedAt));

    public void Renew(EventInterest interest)
    {
        var now = _time.GetTimestamp();
        foreach (var id in interest.Tasks)
        {
            _tasks[id] = now;
        }

        // An interest in one more task says nothing of the rest.
        _all = interest.Adds ? _all : interest.All;
        Volatile.Write(ref _renewedAt, now);
    }

    public bool Wants(TaskEvent happened) => _all || _tasks.ContainsKey(happened.Id.Value);

    /// <summary>Tasks are never taken back, since a renewal may pass a newer one on its way: they expire.</summary>
    public void DropTasksOlderThan(TimeSpan age)
    {
        foreach (var (id, renewedAt) in _tasks)
        {
            if (_time.GetElapsedTime(renewedAt) > age)
            {
                _tasks.TryRemove(KeyValuePair.Create(id, renewedAt));
            }
        }
    }

    public void Dispose() => _subscription.Dispose();

    private async Task SendAsync()
    {
        var lost = false;
        try
        {
            while (true)
            {
                var batch = await _subscription.ReadAsync(CancellationToken.None);
                lost = !await TryDeliverAsync(new EventDelivery(batch.Events, batch.Missed || lost));
            }
        }
        catch (ObjectDisposedException)
        {
            // The reader listens no more.
        }
    }

    private async Task<bool> TryDeliverAsync(EventDelivery delivery)
    {
        try
        {
            await _feed.DeliverAsync(delivery).WaitAsync(DeliverLimit, _time);
            return true;
        }
        catch (Exception)
        {
            // Live events may be lost, whatever the reason; the next delivery says so.
            return false;
        }
    }
}
