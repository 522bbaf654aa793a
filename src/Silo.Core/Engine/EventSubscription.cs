namespace Silo.Core.Engine;

/// <summary>What a reader gets at once.</summary>
/// <param name="Events">In the order published; empty when the only news is that some were missed.</param>
/// <param name="Missed">Older events were dropped because the reader was behind: what it shows must be read anew.</param>
public sealed record EventBatch(IReadOnlyList<TaskEvent> Events, bool Missed);

/// <summary>One listener's bounded share of the live events; made by <see cref="LiveEvents.Subscribe"/>.</summary>
public sealed class EventSubscription : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Func<TaskEvent, bool>? _filter;
    private readonly int _bufferEventsMax;
    private readonly long _bufferBytesMax;
    private readonly Action<EventSubscription> _remove;
    private Queue<TaskEvent> _buffer = new();
    private long _bufferBytes;
    private TaskCompletionSource? _reader;
    private bool _missed;
    private bool _disposed;

    internal EventSubscription(Func<TaskEvent, bool>? filter, int bufferEventsMax, long bufferBytesMax, Action<EventSubscription> remove) =>
        (_filter, _bufferEventsMax, _bufferBytesMax, _remove) = (filter, bufferEventsMax, bufferBytesMax, remove);

    /// <summary>Waits until there is something to tell and takes all of it. One reader at a time.</summary>
    /// <exception cref="ObjectDisposedException">The subscription has ended.</exception>
    /// <exception cref="InvalidOperationException">Another read is waiting.</exception>
    public async Task<EventBatch> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (TakeAll() is { } batch)
                {
                    return batch;
                }

                ObjectDisposedException.ThrowIf(_disposed, this);
                if (_reader is not null)
                {
                    throw new InvalidOperationException("A subscription has one reader at a time: another read is still waiting; subscribe once per reader.");
                }

                _reader = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrival = _reader.Task;
            }

            try
            {
                await arrival.WaitAsync(cancellationToken);
            }
            finally
            {
                lock (_gate)
                {
                    _reader = null;
                }
            }
        }
    }

    /// <summary>Ends the subscription; a waiting read takes what is left, or ends with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _remove(this);
        lock (_gate)
        {
            _disposed = true;
            _reader?.TrySetResult();
        }
    }

    internal void Miss()
    {
        lock (_gate)
        {
            _missed = true;
            _reader?.TrySetResult();
        }
    }

    internal void Offer(IReadOnlyList<TaskEvent> events)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            foreach (var happened in events)
            {
                if (_filter is null || _filter(happened))
                {
                    Keep(happened);
                }
            }

            if (_buffer.Count > 0 || _missed)
            {
                _reader?.TrySetResult();
            }
        }
    }

    private void Keep(TaskEvent happened)
    {
        _buffer.Enqueue(happened);
        _bufferBytes += happened.Bytes;
        while (_buffer.Count > _bufferEventsMax || _bufferBytes > _bufferBytesMax)
        {
            _bufferBytes -= _buffer.Dequeue().Bytes;
            _missed = true;
        }
    }

    private EventBatch? TakeAll()
    {
        if (_buffer.Count == 0 && !_missed)
        {
            return null;
        }

        var batch = new EventBatch([.. _buffer], _missed);
        _buffer = new Queue<TaskEvent>();
        _bufferBytes = 0;
        _missed = false;
        return batch;
    }
}
