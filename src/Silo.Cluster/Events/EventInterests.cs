using System.Collections.Concurrent;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Cluster.Events;

/// <summary>Tells the other silos what somebody on this one listens to: every event while streams are read here, else the events of single tasks.</summary>
internal sealed class EventInterests(
    LiveEvents here, RemoteReaders readers, IClusterMembershipService membership, ILocalSiloDetails silo, IGrainFactory grains, TimeProvider time)
{
    /// <summary>Tasks that are asked for one by one; with more, every event is.</summary>
    public const int WatchedTasksMax = 10_000;

    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AnnounceLimit = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<TaskId, bool> _watched = new();

    /// <summary>Listens to one task. When it returns, the silos that answered in time know of it: what happens from now on is heard.</summary>
    public async Task<IDisposable> WatchAsync(TaskId id, Action<TaskEvent> receive)
    {
        var local = here.Watch(id, receive);
        _watched[id] = true;
        await AnnounceAsync(new EventInterest(silo.Name, All: false, [id.Value], Adds: true));
        return new Watched(this, id, local);
    }

    /// <summary>Renews what is wanted in time, and at once when streams begin or end.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var look = new PeriodicTimer(LookInterval, time);
        var (toldAt, toldAll) = (0L, false);
        try
        {
            while (await look.WaitForNextTickAsync(stopping))
            {
                readers.DropExpired();
                var all = here.HasSubscribers || _watched.Count > WatchedTasksMax;
                var due = time.GetElapsedTime(toldAt) >= RenewInterval && (all || !_watched.IsEmpty);
                if (all == toldAll && !due)
                {
                    continue;
                }

                (toldAt, toldAll) = (time.GetTimestamp(), all);
                await AnnounceAsync(new EventInterest(silo.Name, all, all ? [] : [.. _watched.Keys.Select(static id => id.Value)], Adds: false));
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The silo leaves; its interests expire.
        }
    }

    private Task AnnounceAsync(EventInterest interest) => Task.WhenAll(membership.CurrentSnapshot.Members.Values
        .Where(member => member.Status == SiloStatus.Active && member.Name != silo.Name)
        .Select(member => TryAnnounceAsync(member.Name, interest)));

    private async Task TryAnnounceAsync(string to, EventInterest interest)
    {
        try
        {
            await grains.GetGrain<IEventFeedGrain>(to).RenewAsync(interest).WaitAsync(AnnounceLimit, time);
        }
        catch (Exception)
        {
            // A silo that cannot be told now is told at the next renewal; until then its events are missing here, as live events may.
        }
    }

    private sealed class Watched(EventInterests owner, TaskId id, IDisposable local) : IDisposable
    {
        public void Dispose()
        {
            local.Dispose();
            owner._watched.TryRemove(id, out _);
        }
    }
}
