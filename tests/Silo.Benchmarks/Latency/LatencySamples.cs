using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Latency;

/// <summary>The times of one way in one round.</summary>
internal sealed class LatencySamples
{
    private readonly List<double> _milliseconds = [];

    /// <summary>The samples of several rounds as one.</summary>
    public static LatencySamples OfAll(IEnumerable<LatencySamples> rounds)
    {
        var all = new LatencySamples();
        all._milliseconds.AddRange(rounds.SelectMany(round => round._milliseconds));
        return all;
    }

    public void Add(TimeSpan time) => _milliseconds.Add(time.TotalMilliseconds);

    /// <summary>The time, in milliseconds, within which this share of the samples lies.</summary>
    public double At(double share) => Spread.Quantile([.. _milliseconds.Order()], share);
}
