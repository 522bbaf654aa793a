using System.Globalization;

namespace Silo.Benchmarks.Peers;

/// <summary>A comparison proves nothing when one of the compared was not at its best. What each reaches beside the bare pipeline when it is was measured on a quiet machine.</summary>
internal static class PeersValidity
{
    private const double CeilingOverGraphileMin = 4.5;
    private const double GraphileShareMin = 0.12;
    private const double BullmqShareMin = 0.05;
    private const double PgbossShareMin = 0.04;

    /// <returns>What was wrong; nothing when the run is valid.</returns>
    public static IEnumerable<string> Check(PeersRanges ranges)
    {
        var ceiling = ranges.Ceiling.Median;
        if (ceiling < CeilingOverGraphileMin * ranges.Graphile.Median)
            yield return Text($"the bare pipeline made {ceiling} tasks/s, less than {CeilingOverGraphileMin} times graphile-worker's {ranges.Graphile.Median}");
        foreach (var (name, rate, share) in new[] { ("graphile-worker", ranges.Graphile, GraphileShareMin), ("BullMQ", ranges.Bullmq, BullmqShareMin), ("pg-boss", ranges.Pgboss, PgbossShareMin) })
        {
            if (rate.Median < share * ceiling)
                yield return Text($"{name} made {rate.Median} tasks/s, less than {share} of the bare pipeline's {ceiling}");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
