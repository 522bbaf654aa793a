using System.Globalization;
using Silo.Core.Engine;

namespace Silo.Gateway.Events;

/// <summary>What a reader takes at once.</summary>
/// <param name="Missed">Events between the reader's place and the first of these are gone.</param>
/// <param name="Next">The reader's new place.</param>
internal sealed record FeedPart(IReadOnlyList<TaskEvent> Events, bool Missed, long Next);

/// <summary>The last events of this process, numbered. Readers share them and hold only their place, so a slow one costs nothing and misses what was overwritten.</summary>
/// <remarks>Listens only while there are readers and for a while after, since publishers make no events that nobody would see.</remarks>
internal sealed class EventFeed(LiveEvents live, TimeProvider time) : IDisposable
{
    public const int KeptEventsMax = 16 * 1024;

    /// <summary>How long events are gathered for a reader that has gone and may come back.</summary>
    public static readonly TimeSpan KeptWithoutReaders = TimeSpan.FromMinutes(1);

    // A place of another life of the server means nothing here.
    private readonly string _life = Guid.NewGuid().ToString("N")[..8];
    private readonly Lock _gate = new();
    private readonly TaskEvent[] _kept = new TaskEvent[KeptEventsMax];
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EventSubscription? _subscription;
    private ITimer? _idle;
    private int _readers;
    private long _first;
    private long _next;

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
                _first = ++_next;
                _subscription = live.Subscribe(bufferEventsMax: KeptEventsMax);
                _ = GatherAsync(_subscription);
            }

            return lastId is null ? _next : PlaceOf(lastId);
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
            return place < _next ? Task.CompletedTask : _arrival.Task;
    }

    public FeedPart Take(long place)
    {
        lock (_gate)
        {
            var first = Math.Max(_first, _next - KeptEventsMax);
            var events = new List<TaskEvent>();
            for (var number = Math.Max(place, first); number < _next; number++)
                events.Add(_kept[number % KeptEventsMax]);
            return new FeedPart(events, Missed: place < first, _next);
        }
    }

    public void Dispose()
    {
        _idle?.Dispose();
        _subscription?.Dispose();
    }

    // An id that is none of ours stands for a place before everything: the reader is told that it missed events.
    private long PlaceOf(string lastId) =>
        lastId.StartsWith(_life + "-", StringComparison.Ordinal)
        && long.TryParse(lastId.AsSpan(_life.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place <= _next
            ? place
            : -1;

    private async Task GatherAsync(EventSubscription subscription)
    {
        try
        {
            while (true)
                Keep(await subscription.ReadAsync(CancellationToken.None));
        }
        catch (ObjectDisposedException)
        {
            // Nobody has read for a while, or the server ends.
        }
    }

    private void Keep(EventBatch batch)
    {
        TaskCompletionSource arrived;
        lock (_gate)
        {
            if (batch.Missed)
                _first = ++_next;
            foreach (var happened in batch.Events)
                _kept[_next++ % KeptEventsMax] = happened;
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
            Array.Clear(_kept);
            _first = _next;
        }
    }
}
