namespace Silo.Testing;

/// <summary>A clock that stands still until a test moves it, and then fires every timer on the way, in the order they are due.</summary>
/// <remarks>
/// Timers due at the same moment fire in the order in which they were armed, and each callback sees the moment it was due, so one
/// sequence of calls always gives one sequence of callbacks. A timer armed with a due time of zero fires at the next
/// <see cref="Advance"/>, even by zero: never inside the call that armed it, which may still hold its caller's lock.
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(TimeSpan Due, long Order), ManualTimer> _armed = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private readonly DateTimeOffset _start;
    private TimeSpan _elapsed;
    private TimeSpan _wallClockOffset;
    private TimeZoneInfo _localTimeZone = TimeZoneInfo.Utc;
    private long _armings;

    /// <summary>Starts at 2030-01-01 00:00 UTC: a date nobody mistakes for the real one.</summary>
    public ManualTimeProvider()
        : this(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Starts at <paramref name="start"/>.</summary>
    public ManualTimeProvider(DateTimeOffset start) => _start = start.ToUniversalTime();

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone
    {
        get
        {
            lock (_lock)
            {
                return _localTimeZone;
            }
        }
    }

    /// <summary>The number of timers that are armed.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_lock)
            {
                return _armed.Count;
            }
        }
    }

    /// <summary>How far the clock must advance until the next timer fires; null when none is armed.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (_lock)
            {
                return _armed.Count == 0 ? null : Max(_armed.First().Key.Due - _elapsed, TimeSpan.Zero);
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _start + _elapsed + _wallClockOffset;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _elapsed.Ticks;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock forward and fires, on this thread, what falls due, including what the callbacks themselves arm.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative; see <see cref="StepWallClock"/> for that.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan end;
        lock (_lock)
        {
            end = _elapsed + by;
        }

        while (TakeNextDue(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_lock)
        {
            _elapsed = Max(_elapsed, end);
        }
    }

    /// <summary>Moves only what <see cref="GetUtcNow"/> says, forward or back, as a time server does: timestamps and timers stay.</summary>
    public void StepWallClock(TimeSpan by)
    {
        lock (_lock)
        {
            _wallClockOffset += by;
        }
    }

    /// <summary>Sets the local time zone; UTC until then.</summary>
    public void SetLocalTimeZone(TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        lock (_lock)
        {
            _localTimeZone = zone;
        }
    }

    /// <summary>Completes once at least <paramref name="count"/> timers are armed: what to await before moving the clock for another thread.</summary>
    public Task WhenTimersArmedAsync(int count)
    {
        lock (_lock)
        {
            if (_armed.Count >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task;
        }
    }

    private ManualTimer? TakeNextDue(TimeSpan end)
    {
        lock (_lock)
        {
            if (_armed.Count == 0 || _armed.First().Key.Due > end)
            {
                return null;
            }

            var (key, timer) = _armed.First();
            _elapsed = Max(_elapsed, key.Due);
            Disarm(timer);
            if (timer.Period > TimeSpan.Zero)
            {
                Arm(timer, key.Due + timer.Period);
            }

            return timer;
        }
    }

    private void Arm(ManualTimer timer, TimeSpan due)
    {
        timer.Key = (due, _armings++);
        _armed.Add(timer.Key.Value, timer);
        _waiters.RemoveAll(waiter => _armed.Count >= waiter.Count && waiter.Reached.TrySetResult());
    }

    private void Disarm(ManualTimer timer)
    {
        if (timer.Key is { } key)
        {
            _armed.Remove(key);
            timer.Key = null;
        }
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public (TimeSpan Due, long Order)? Key { get; set; }

        public TimeSpan Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
            ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
            lock (clock._lock)
            {
                if (_disposed)
                {
                    return false;
                }

                clock.Disarm(this);
                Period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    clock.Arm(this, clock._elapsed + dueTime);
                }

                return true;
            }
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock._lock)
            {
                _disposed = true;
                clock.Disarm(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
