namespace Silo.Core.Storage;

/// <summary>The store's time, extrapolated on this process's monotonic clock, so that a wrong wall clock starts no task early and leases none late.</summary>
/// <remarks>Between samples it never runs ahead of the store by more than the drift of the local clock; <see cref="LowerBound"/> never runs backwards.</remarks>
public sealed class StoreClock(TimeProvider time)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _sample;
    private long _sampledAt;
    private bool _sampled;
    private DateTimeOffset _lowest = DateTimeOffset.MinValue;

    /// <summary>Takes the store's time as read by an answer that has just arrived: the true time is at or after it.</summary>
    public void Observe(DateTimeOffset storeTime)
    {
        lock (_gate)
        {
            _sample = storeTime;
            _sampledAt = time.GetTimestamp();
            _sampled = true;
        }
    }

    /// <summary>A time that the store's clock has surely reached; the local wall clock until the first sample.</summary>
    public DateTimeOffset LowerBound
    {
        get
        {
            lock (_gate)
            {
                var now = _sampled ? _sample + time.GetElapsedTime(_sampledAt) : time.GetUtcNow();
                _lowest = now > _lowest ? now : _lowest;
                return _lowest;
            }
        }
    }
}
