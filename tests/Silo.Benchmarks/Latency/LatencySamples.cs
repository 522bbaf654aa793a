using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Latency;

/// <summary>The times of one way in one round.</summary>
internal sealed class LatencySamples
{
    private readonly List<double> _milliseconds = [];

    public void Add(TimeSpan time) => _milliseconds.Add(time.TotalMilliseconds);

    /// <summary>The time, in milliseconds, within which this share of the samples lies.</summary>
    public double At(double share) => Spread.Quantile([.. _milliseconds.Order()], share);
}
