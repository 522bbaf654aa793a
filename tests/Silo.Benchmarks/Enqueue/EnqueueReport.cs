using System.Globalization;
using Silo.Benchmarks.Latency;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Postgres;

namespace Silo.Benchmarks.Enqueue;

/// <param name="Ratio">Enqueues a second ÷ inserts a second: the median of the rounds.</param>
/// <param name="RatioRange">The same with the lowest and the highest.</param>
/// <param name="IdleStart">From a single call on an idle server until its handler begins.</param>
internal sealed record EnqueueReport(
    string Benchmark,
    double Ratio,
    Spread RatioRange,
    Spread EnqueuesPerSecond,
    Spread InsertsPerSecond,
    LatencyWay IdleStart,
    Ledger Ledger,
    EnqueueOptions Options,
    PostgresSession Session) : IBenchReport
{
    public static EnqueueReport Of(IReadOnlyList<EnqueueRound> rounds, LatencySamples idle, EnqueueOptions options, Ledger ledger, PostgresSession session)
    {
        var ratio = Spread.Of(rounds.Select(round => round.Enqueues / round.Inserts), 3);
        return new EnqueueReport(
            "enqueue",
            ratio.Median,
            ratio,
            Spread.Of(rounds.Select(round => round.Enqueues), 0),
            Spread.Of(rounds.Select(round => round.Inserts), 0),
            LatencyWay.Of([idle]),
            ledger,
            options,
            session);
    }

    public IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{Options.Callers} sessions, median (lowest to highest) of {Options.Rounds} rounds of {Options.Seconds} s each way");
        yield return $"silo.enqueue a second   {EnqueuesPerSecond}";
        yield return $"plain inserts a second  {InsertsPerSecond}";
        yield return $"ratio                   {RatioRange}";
        yield return $"idle, call to start     p50 {IdleStart.P50Milliseconds}, p99 {IdleStart.P99Milliseconds} ms";
        yield return $"{Ledger}";
    }
}
