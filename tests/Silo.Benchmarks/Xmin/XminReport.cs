using System.Globalization;
using Silo.Benchmarks.Latency;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Postgres;

namespace Silo.Benchmarks.Xmin;

/// <param name="RatioP99">The p99 of all samples under the open transaction ÷ that of all of the baseline's.</param>
/// <param name="RatioP99Range">The same of each round.</param>
/// <param name="HeldSeconds">How long the transaction was open.</param>
/// <param name="BaselineDeadVersions">Of the tasks' table, as the last vacuum left them.</param>
internal sealed record XminReport(
    string Benchmark,
    double RatioP99,
    Spread RatioP99Range,
    LatencyWay Baseline,
    LatencyWay Pinned,
    double HeldSeconds,
    long BaselineDeadVersions,
    long PinnedDeadVersions,
    Ledger Ledger,
    XminOptions Options,
    PostgresSession Session) : IBenchReport
{
    public static XminReport Of(
        IReadOnlyList<XminRound> rounds, XminOptions options, (long Baseline, long Pinned) dead, TimeSpan held, Ledger ledger, PostgresSession session)
    {
        var (baseline, pinned) = (LatencySamples.OfAll(rounds.Select(round => round.Baseline)), LatencySamples.OfAll(rounds.Select(round => round.Pinned)));
        return new XminReport(
            "xmin",
            Math.Round(pinned.At(0.99) / baseline.At(0.99), 3),
            Spread.Of(rounds.Select(round => round.Pinned.At(0.99) / round.Baseline.At(0.99)), 3),
            LatencyWay.Of(rounds.Select(round => round.Baseline)),
            LatencyWay.Of(rounds.Select(round => round.Pinned)),
            Math.Round(held.TotalSeconds, 1),
            dead.Baseline,
            dead.Pinned,
            ledger,
            options,
            session);
    }

    public IEnumerable<string> Lines()
    {
        yield return string.Create(
            CultureInfo.InvariantCulture, $"from submit to start, {Options.Samples} samples a round, median (lowest to highest) of {Options.Rounds} rounds, in milliseconds");
        yield return $"baseline          p50 {Baseline.P50Milliseconds}, p99 {Baseline.P99Milliseconds}; {BaselineDeadVersions} dead versions";
        yield return $"open transaction  p50 {Pinned.P50Milliseconds}, p99 {Pinned.P99Milliseconds}; {PinnedDeadVersions} dead versions, held {HeldSeconds} s";
        yield return string.Create(CultureInfo.InvariantCulture, $"ratio of the p99s of all samples: {RatioP99}");
        yield return $"{Ledger}";
    }
}
