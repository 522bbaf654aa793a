using Silo.Core.Engine;

namespace Silo.Core.Workers;

/// <summary>Growing waits between repeated calls: each is a random half to whole of the bound, which doubles up to its end.</summary>
internal sealed class WorkerBackoff(TimeProvider time, IRandomSource random)
{
    private TimeSpan _bound = WorkerLimits.BackoffMin;

    public void Reset() => _bound = WorkerLimits.BackoffMin;

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var wait = _bound * (0.5 + (0.5 * random.NextDouble()));
        _bound = _bound * 2 < WorkerLimits.BackoffMax ? _bound * 2 : WorkerLimits.BackoffMax;
        return Task.Delay(wait, time, cancellationToken);
    }
}
