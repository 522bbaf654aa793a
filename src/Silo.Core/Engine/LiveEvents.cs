using System.Collections.Concurrent;
using System.Collections.Immutable;
using Silo.Core.Tasks;

namespace Silo.Core.Engine;

/// <summary>Hands what happens in this process to whoever listens in this process. Nobody who publishes ever waits for a listener.</summary>
/// <remarks>Safe from any thread. With no listener a publish costs two reads, since nodes publish thousands of events a second that mostly nobody watches.</remarks>
public sealed class LiveEvents : IEventSink
{
    /// <summary>Events a reader may be behind by default before it misses some.</summary>
    public const int BufferEventsDefault = 4096;

    /// <summary>Bytes of memory that a reader may be behind by default before it misses events: 4 MiB.</summary>
    public const long BufferBytesDefault = 4 * 1024 * 1024;

    private readonly ConcurrentDictionary<TaskId, Watcher> _watchers = new();
    private ImmutableArray<EventSubscription> _subscriptions = [];

    /// <inheritdoc/>
    public bool Listening => !_watchers.IsEmpty || !_subscriptions.IsEmpty;

    /// <summary>Whether somebody listens to more than single tasks.</summary>
    public bool HasSubscribers => !_subscriptions.IsEmpty;

    /// <summary>Tells every listener that events from elsewhere were lost on their way here: what it shows must be read anew.</summary>
    public void PublishMissed()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Miss();
        }
    }

    /// <inheritdoc/>
    public void Publish(IReadOnlyList<TaskEvent> events)
    {
        var subscriptions = _subscriptions;
        var watched = !_watchers.IsEmpty;
        if (!watched && subscriptions.IsEmpty)
        {
            return;
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Offer(events);
        }

        if (!watched)
        {
            return;
        }

        foreach (var happened in events)
        {
            if (_watchers.TryGetValue(happened.Id, out var watcher))
            {
                watcher.Receive(happened);
            }
        }
    }

    /// <summary>Listens to everything that passes <paramref name="filter"/> from now on, until disposed.</summary>
    /// <param name="filter">Runs on the publisher's thread, so it must be quick and must not throw; null lets everything pass.</param>
    /// <param name="bufferEventsMax">Events kept for a reader that is behind; beyond it the oldest are dropped and the next batch says so.</param>
    /// <param name="bufferBytesMax">Memory, as estimated, that those events may take; beyond it the oldest are dropped likewise. A single larger event is dropped too.</param>
    public EventSubscription Subscribe(Func<TaskEvent, bool>? filter = null, int bufferEventsMax = BufferEventsDefault, long bufferBytesMax = BufferBytesDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferEventsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferBytesMax, 1);
        var subscription = new EventSubscription(filter, bufferEventsMax, bufferBytesMax, Remove);
        ImmutableInterlocked.Update(ref _subscriptions, static (all, one) => all.Add(one), subscription);
        return subscription;
    }

    /// <summary>Listens to one task on behalf of its actor. A later watcher of the same task replaces the earlier one.</summary>
    /// <param name="receive">Runs on the publisher's thread: it posts the event to the actor and returns.</param>
    public IDisposable Watch(TaskId id, Action<TaskEvent> receive)
    {
        var watcher = new Watcher(this, id, receive);
        _watchers[id] = watcher;
        return watcher;
    }

    private void Remove(EventSubscription subscription) =>
        ImmutableInterlocked.Update(ref _subscriptions, static (all, one) => all.Remove(one), subscription);

    private sealed class Watcher(LiveEvents owner, TaskId id, Action<TaskEvent> receive) : IDisposable
    {
        public void Receive(TaskEvent happened) => receive(happened);

        // Removes only itself: the actor's next activation may already watch.
        public void Dispose() => owner._watchers.TryRemove(KeyValuePair.Create(id, this));
    }
}
