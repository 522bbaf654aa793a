using System.Globalization;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Latency;

/// <param name="RatioP50">Median over the rounds of submit ÷ bare insert, each the p50 of one round.</param>
/// <param name="RatioP99">The same for the p99.</param>
/// <param name="Postgres">The measurement on PostgreSQL; the figures of it that are compared stand beside, in milliseconds.</param>
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
    SessionSettings Session,
    PostgresLatencyReport Postgres) : IBenchReport
{
    public double P50Ms => Postgres.P50.Median;

    public double P99Ms => Postgres.P99.Median;

    public double BareP50Ms => Postgres.BareP50.Median;

    public double? BullmqP50Ms => Postgres.BullmqP50?.Median;

    public double? RatioBullmq => Postgres.RatioBullmq;

    /// <param name="rounds">At least one.</param>
    public static LatencyReport Of(IReadOnlyList<LatencyRound> rounds, LatencyOptions options, SessionSettings session, PostgresLatencyReport postgres)
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
            rounds.Aggregate(postgres.Ledger, (sum, round) => sum + round.Ledger),
            options,
            session,
            postgres);
    }

    public IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{Options.Samples} samples a round, median (lowest to highest) of {Options.Rounds} rounds, in milliseconds");
        yield return $"bare insert      p50 {BareInsert.P50Milliseconds}, p99 {BareInsert.P99Milliseconds}";
        yield return $"submit to start  p50 {SubmitToStart.P50Milliseconds}, p99 {SubmitToStart.P99Milliseconds}";
        yield return $"ratio            p50 {RatioP50Range}, p99 {RatioP99Range}";
        yield return $"on PostgreSQL, in process: bare insert p50 {Postgres.BareP50}, p99 {Postgres.BareP99}; submit to start p50 {Postgres.P50}, p99 {Postgres.P99}";
        if (Postgres.BullmqP50 is { } bullmq)
            yield return string.Create(CultureInfo.InvariantCulture, $"BullMQ's p50 {bullmq}; ratio {RatioBullmq}. Ratio of the p99s to the bare insert's {Postgres.RatioBareP99}");
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
