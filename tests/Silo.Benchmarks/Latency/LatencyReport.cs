using System.Globalization;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Latency;

/// <param name="RatioP50">Median over the rounds of submit ÷ bare insert, each the p50 of one round.</param>
/// <param name="RatioP99">The same for the p99.</param>
internal sealed record LatencyReport(
    string Benchmark,
    double RatioP50,
    double RatioP99,
    Spread RatioP50Range,
    Spread RatioP99Range,
    LatencyWay BareInsert,
    LatencyWay SubmitToStart,
    Ledger Ledger,
    LatencyOptions Options,
    SessionSettings Session) : IBenchReport
{
    /// <param name="rounds">At least one.</param>
    public static LatencyReport Of(IReadOnlyList<LatencyRound> rounds, LatencyOptions options, SessionSettings session)
    {
        var middle = Spread.Of(rounds.Select(round => round.SubmitToStart.At(0.5) / round.BareInsert.At(0.5)), 3);
        var late = Spread.Of(rounds.Select(round => round.SubmitToStart.At(0.99) / round.BareInsert.At(0.99)), 3);
        return new LatencyReport(
            "latency",
            middle.Median,
            late.Median,
            middle,
            late,
            LatencyWay.Of(rounds.Select(round => round.BareInsert)),
            LatencyWay.Of(rounds.Select(round => round.SubmitToStart)),
            rounds.Aggregate(Ledger.Empty, (sum, round) => sum + round.Ledger),
            options,
            session);
    }

    public IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{Options.Samples} samples a round, median (lowest to highest) of {Options.Rounds} rounds, in milliseconds");
        yield return $"bare insert      p50 {BareInsert.P50Milliseconds}, p99 {BareInsert.P99Milliseconds}";
        yield return $"submit to start  p50 {SubmitToStart.P50Milliseconds}, p99 {SubmitToStart.P99Milliseconds}";
        yield return $"ratio            p50 {RatioP50Range}, p99 {RatioP99Range}";
        yield return $"{Ledger}";
    }
}

internal sealed record LatencyWay(Spread P50Milliseconds, Spread P99Milliseconds)
{
    public static LatencyWay Of(IEnumerable<LatencySamples> rounds)
    {
        var all = rounds.ToList();
        return new LatencyWay(Spread.Of(all.Select(round => round.At(0.5)), 3), Spread.Of(all.Select(round => round.At(0.99)), 3));
    }
}

internal sealed record LatencyRound(LatencySamples BareInsert, LatencySamples SubmitToStart, Ledger Ledger);
