using System.Globalization;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Postgres;

namespace Silo.Benchmarks.Peers;

/// <param name="Valid">False when a peer or the bare pipeline was so slow beside the others that it was not at its best; <paramref name="Invalid"/> says which.</param>
/// <param name="RatioGraphile">Median over the rounds of Silo's tasks a second, in process, ÷ graphile-worker's, each of one round.</param>
/// <param name="RatioHttpGraphile">The same with Silo's by HTTP.</param>
/// <param name="RatioPgboss">The same beside pg-boss at its fastest, which is one result for a whole batch.</param>
/// <param name="RatioPgbossResults">The same beside pg-boss with a result for each job.</param>
internal sealed record PeersReport(
    string Benchmark,
    bool Valid,
    IReadOnlyList<string> Invalid,
    double RatioGraphile,
    double RatioBullmq,
    double RatioPgbossResults,
    double RatioPgboss,
    double RatioHttpGraphile,
    double SiloPerS,
    double HttpPerS,
    double GraphilePerS,
    double BullmqPerS,
    double PgbossResultsPerS,
    double PgbossPerS,
    double CeilingPerS,
    PeersRanges Ranges,
    IReadOnlyList<string> PeerSettings,
    Ledger Ledger,
    Ledger PeersLedger,
    PeersOptions Options,
    PostgresSession Session) : IBenchReport
{
    /// <param name="rounds">At least one.</param>
    public static PeersReport Of(IReadOnlyList<PeerRound> rounds, PeersOptions options, PostgresSession session)
    {
        var ranges = PeersRanges.Of(rounds);
        var invalid = PeersValidity.Check(ranges).ToList();
        var last = rounds[^1];
        return new PeersReport(
            "peers",
            invalid.Count == 0,
            invalid,
            Ratio(round => round.Silo, round => round.Graphile),
            Ratio(round => round.Silo, round => round.BullMq),
            Ratio(round => round.Silo, round => round.PgBossResults),
            Ratio(round => round.Silo, round => round.PgBoss),
            Ratio(round => round.Http, round => round.Graphile),
            ranges.Silo.Median,
            ranges.Http.Median,
            ranges.Graphile.Median,
            ranges.Bullmq.Median,
            ranges.PgbossResults.Median,
            ranges.Pgboss.Median,
            ranges.Ceiling.Median,
            ranges,
            [$"graphile-worker {last.Graphile.Settings}", $"pg-boss {last.PgBoss.Settings}", $"BullMQ {last.BullMq.Settings}, redis-server {string.Join(' ', RedisServer.Durability)}"],
            rounds.Aggregate(Ledger.Empty, (sum, round) => sum + round.OwnLedger),
            rounds.Aggregate(Ledger.Empty, (sum, round) => sum + round.PeersLedger),
            options,
            session);

        double Ratio(Func<PeerRound, PeerSample> own, Func<PeerRound, PeerSample> peer) =>
            Spread.Of(rounds.Select(round => own(round).TasksPerSecond / peer(round).TasksPerSecond), 2).Median;
    }

    public IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"tasks a second, median (lowest to highest) of {Options.Own.Rounds} rounds");
        yield return $"bare pipeline    {Ranges.Ceiling}";
        yield return $"Silo             {Ranges.Silo}";
        yield return $"Silo by HTTP     {Ranges.Http}";
        yield return string.Create(CultureInfo.InvariantCulture, $"graphile-worker  {Ranges.Graphile}; Silo does {RatioGraphile} times as many, by HTTP {RatioHttpGraphile} times");
        yield return string.Create(CultureInfo.InvariantCulture, $"pg-boss          {Ranges.Pgboss}; {RatioPgboss} times. With a result for each job {Ranges.PgbossResults}; {RatioPgbossResults} times");
        yield return string.Create(CultureInfo.InvariantCulture, $"BullMQ           {Ranges.Bullmq}; {RatioBullmq} times");
        foreach (var problem in Invalid)
        {
            yield return $"invalid: {problem}";
        }

        yield return $"Silo's and the bare pipeline's {Ledger}";
        yield return $"the peers' {PeersLedger}";
    }
}

/// <summary>Tasks a second of each over all rounds.</summary>
internal sealed record PeersRanges(Spread Ceiling, Spread Silo, Spread Http, Spread Graphile, Spread PgbossResults, Spread Pgboss, Spread Bullmq)
{
    public static PeersRanges Of(IReadOnlyList<PeerRound> rounds)
    {
        return new PeersRanges(
            Range(round => round.Ceiling),
            Range(round => round.Silo),
            Range(round => round.Http),
            Range(round => round.Graphile),
            Range(round => round.PgBossResults),
            Range(round => round.PgBoss),
            Range(round => round.BullMq));

        Spread Range(Func<PeerRound, PeerSample> way) => Spread.Of(rounds.Select(round => way(round).TasksPerSecond), 0);
    }
}
