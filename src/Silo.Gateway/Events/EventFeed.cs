using System.Globalization;
using Silo.Core.Engine;

namespace Silo.Gateway.Events;

/// <summary>What a reader takes at once.</summary>
/// <param name="Missed">Events after the reader's place are gone. What is left of them is passed over too: the reader has to look anew at what it shows.</param>
/// <param name="Next">The reader's new place.</param>
internal sealed record FeedPart(IReadOnlyList<EventEntry> Events, bool Missed, long Next);

/// <summary>The last events of this process, numbered, each written out once. Readers share them and hold only their place, so a slow one costs nothing and misses what
/// made room for newer ones.</summary>
/// <remarks>Listens only while there are readers and for a while after, since publishers make no events that nobody would see.</remarks>
internal sealed class EventFeed(LiveEvents live, TimeProvider time) : IDisposable
{
    /// <summary>Events of one task that lie closer together than this are told as one.</summary>
    public static readonly TimeSpan CoalesceTime = TimeSpan.FromMilliseconds(100);

    /// <summary>How long events are gathered for a reader that has gone and may come back.</summary>
    public static readonly TimeSpan KeptWithoutReaders = TimeSpan.FromMinutes(1);

    /// <summary>Events that a reader's filter may refuse in one look: many readers must not hold up each other for long.</summary>
    public const int LookEventsMax = 4096;

    /// <summary>What all readers together are sent in a second, at most; when more happens, each misses some. Telling must leave the processors to the tasks.</summary>
    public const long BytesPerSecondMax = 16 * 1024 * 1024;

    private static readonly TimeSpan RestMin = TimeSpan.FromMilliseconds(10);

    // A place of another life of the server means nothing here.
    private readonly string _life = Guid.NewGuid().ToString("N")[..8];
    private readonly Lock _gate = new();
    private readonly EventRing _kept = new();
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EventSubscription? _subscription;
    private ITimer? _idle;
    private int _readers;

    /// <summary>Starts to read; <see cref="Leave"/> ends it.</summary>
    /// <param name="lastId">Where an earlier stream ended; null to begin with what comes.</param>
    /// <returns>The place to read from.</returns>
    public long Enter(string? lastId)
    {
        lock (_gate)
        {
            _readers++;
            _idle?.Dispose();
            _idle = null;
            if (_subscription is null)
            {
                // Whatever happened while nobody listened is missing from here on.
                _kept.Interrupt();
                _subscription = live.Subscribe(bufferEventsMax: EventRing.EventsMax, bufferBytesMax: EventRing.BytesMax);
                _ = GatherAsync(_subscription);
            }

            return lastId is null ? _kept.Next : PlaceOf(lastId);
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_readers == 0)
                _idle = time.CreateTimer(_ => StopIfIdle(), null, KeptWithoutReaders, Timeout.InfiniteTimeSpan);
        }
    }

    public string IdOf(long place) => string.Create(CultureInfo.InvariantCulture, $"{_life}-{place}");

    /// <summary>Completes when there is something after <paramref name="place"/>.</summary>
    public Task WhenMoreAsync(long place)
    {
        lock (_gate)
            return place < _kept.Next ? Task.CompletedTask : _arrival.Task;
    }

    /// <param name="bytesMax">Closes the part once its events have this many bytes.</param>
    public FeedPart Take(long place, EventFilter filter, int bytesMax)
    {
        lock (_gate)
        {
            if (place < _kept.First)
                return new FeedPart([], Missed: true, _kept.Next);
            var end = Math.Min(_kept.Next, place + LookEventsMax);
            var events = new List<EventEntry>();
            var number = place;
            for (var bytes = 0; number < end && bytes < bytesMax; number++)
            {
                if (!filter.Passes(_kept[number]))
                    continue;
                events.Add(_kept[number]);
                bytes += _kept[number].Block.Length;
            }

            return new FeedPart(events, Missed: false, number);
        }
    }

    /// <summary>How long a reader rests after so many bytes, so that all readers together stay within <see cref="BytesPerSecondMax"/>; zero when it is not worth a timer.</summary>
    public TimeSpan RestAfter(long bytes)
    {
        var rest = TimeSpan.FromSeconds((double)bytes * Volatile.Read(ref _readers) / BytesPerSecondMax);
        return rest < RestMin ? TimeSpan.Zero : rest;
    }

    public void Dispose()
    {
        _idle?.Dispose();
        _subscription?.Dispose();
    }

    // An id that is none of ours stands for a place before everything: the reader is told that it missed events.
    private long PlaceOf(string lastId) =>
        lastId.StartsWith(_life + "-", StringComparison.Ordinal)
        && long.TryParse(lastId.AsSpan(_life.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place <= _kept.Next
            ? place
            : -1;

    private async Task GatherAsync(EventSubscription subscription)
    {
        try
        {
            while (true)
            {
                Keep(subscription, await subscription.ReadAsync(CancellationToken.None));
                // The first event is told at once; those that follow it closely are gathered meanwhile.
                await Task.Delay(CoalesceTime, time);
            }
        }
        catch (ObjectDisposedException)
        {
            // Nobody has read for a while, or the server ends.
        }
    }

    private void Keep(EventSubscription subscription, EventBatch batch)
    {
        var told = Coalescing.PerTask(batch.Events);
        long next;
        lock (_gate)
        {
            if (_subscription != subscription)
                return;
            if (batch.Missed)
                _kept.Interrupt();
            next = _kept.Next;
        }

        // Written out beside the gate, through which every reader goes. Only this loop gives out numbers while its subscription stands.
        var entries = new EventEntry[told.Count];
        for (var index = 0; index < entries.Length; index++)
            entries[index] = new EventEntry(told[index].Id, told[index].Queue, told[index].Node, EventText.Task(told[index], IdOf(next + index + 1)));
        TaskCompletionSource arrived;
        lock (_gate)
        {
            if (_subscription != subscription)
                return;
            foreach (var entry in entries)
                _kept.Add(entry);
            arrived = _arrival;
            _arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        arrived.SetResult();
    }

    private void StopIfIdle()
    {
        lock (_gate)
        {
            if (_readers > 0)
                return;
            _subscription?.Dispose();
            _subscription = null;
            _kept.Interrupt();
        }
    }
}
