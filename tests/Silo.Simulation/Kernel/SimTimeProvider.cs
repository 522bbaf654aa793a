namespace Silo.Simulation.Kernel;

/// <summary>A process's clock. Its timers are events of the process; its wall clock may be wrong.</summary>
internal sealed class SimTimeProvider(SimWorld world, SimProcess process, TimeSpan clockError) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => world.TrueTime + clockError;

    public override long GetTimestamp() => world.Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class SimTimer(SimProcess process, TimerCallback callback, object? state) : ITimer
    {
        private SimEvent? _armed;
        private bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _armed?.TakeBack();
            _armed = null;
            if (!_disposed && dueTime != Timeout.InfiniteTimeSpan)
            {
                _armed = process.Post("timer", () => Fire(period), dueTime);
            }

            return !_disposed;
        }

        public void Dispose()
        {
            _disposed = true;
            _armed?.TakeBack();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(TimeSpan period)
        {
            _armed = period > TimeSpan.Zero ? process.Post("timer", () => Fire(period), period) : null;
            callback(state);
        }
    }
}
