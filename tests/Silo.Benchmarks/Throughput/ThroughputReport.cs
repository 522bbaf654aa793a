using System.Globalization;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Throughput;

/// <param name="RatioInprocess">Median over the rounds of in process ÷ bare, each of one round.</param>
/// <param name="RatioHttp">The same for HTTP ÷ bare.</param>
internal sealed record ThroughputReport(
    string Benchmark,
    double RatioInprocess,
    double RatioHttp,
    Spread RatioInprocessRange,
    Spread RatioHttpRange,
    ThroughputWay Bare,
    ThroughputWay Inprocess,
    ThroughputWay Http,
    Ledger Ledger,
    ThroughputOptions Options,
    SessionSettings Session) : IBenchReport
{
    /// <param name="rounds">At least one.</param>
    public static ThroughputReport Of(IReadOnlyList<ThroughputRound> rounds, ThroughputOptions options, SessionSettings session)
    {
        var inprocess = Spread.Of(rounds.Select(round => round.Inprocess.TasksPerSecond / round.Bare.TasksPerSecond), 3);
        var http = Spread.Of(rounds.Select(round => round.Http.TasksPerSecond / round.Bare.TasksPerSecond), 3);
        var ledger = rounds.SelectMany(round => round.Samples).Aggregate(Ledger.Empty, (sum, sample) => sum + sample.Ledger);
        return new ThroughputReport(
            "throughput",
            inprocess.Median,
            http.Median,
            inprocess,
            http,
            ThroughputWay.Of(rounds.Select(round => round.Bare)),
            ThroughputWay.Of(rounds.Select(round => round.Inprocess)),
            ThroughputWay.Of(rounds.Select(round => round.Http)),
            ledger,
            options,
            session);
    }

    public IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{Options.Tasks} no-op tasks a round, median (lowest to highest) of {Options.Rounds} rounds");
        yield return $"bare pipeline  {Bare}";
        yield return $"in process     {Inprocess}; {RatioInprocessRange} of the bare pipeline";
        yield return $"by HTTP        {Http}; {RatioHttpRange} of the bare pipeline";
        yield return $"{Ledger}";
    }
}

/// <summary>One way of moving the tasks over all rounds.</summary>
internal sealed record ThroughputWay(Spread TasksPerSecond, Spread CpuSecondsPerThousand, Spread AllocatedBytesPerTask)
{
    public static ThroughputWay Of(IEnumerable<ThroughputSample> samples)
    {
        var all = samples.ToList();
        return new ThroughputWay(
            Spread.Of(all.Select(sample => sample.TasksPerSecond), 0),
            Spread.Of(all.Select(sample => sample.CpuSecondsPerThousand), 4),
            Spread.Of(all.Select(sample => sample.AllocatedBytesPerTask), 0));
    }

    public override string ToString() => $"{TasksPerSecond} tasks/s, {CpuSecondsPerThousand} CPU seconds per 1,000";
}

/// <summary>Every way once, one after the other.</summary>
internal sealed record ThroughputRound(ThroughputSample Bare, ThroughputSample Inprocess, ThroughputSample Http)
{
    public IEnumerable<ThroughputSample> Samples => [Bare, Inprocess, Http];
}
