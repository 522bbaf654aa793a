using System.Globalization;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Postgres;

namespace Silo.Benchmarks.Peers;

/// <summary>Processor seconds per 1,000 tasks, of the engine's program and its store together.</summary>
/// <param name="Silo">In process, clients included.</param>
internal sealed record CpuReport(
    string Benchmark,
    double Silo,
    double Http,
    double Graphile,
    double Bullmq,
    double PgbossResults,
    double Pgboss,
    double Ceiling,
    IReadOnlyList<CpuWay> Ways,
    Ledger Ledger,
    Ledger PeersLedger,
    PeersOptions Options,
    PostgresSession Session) : IBenchReport
{
    /// <param name="rounds">At least one.</param>
    public static CpuReport Of(IReadOnlyList<PeerRound> rounds, PeersOptions options, PostgresSession session)
    {
        CpuWay[] ways =
        [
            Way("Silo", round => round.Silo),
            Way("Silo by HTTP", round => round.Http),
            Way("graphile-worker", round => round.Graphile),
            Way("BullMQ", round => round.BullMq),
            Way("pg-boss, a result for each", round => round.PgBossResults),
            Way("pg-boss", round => round.PgBoss),
            Way("bare pipeline", round => round.Ceiling),
        ];
        return new CpuReport(
            "cpu",
            ways[0].Total.Median,
            ways[1].Total.Median,
            ways[2].Total.Median,
            ways[3].Total.Median,
            ways[4].Total.Median,
            ways[5].Total.Median,
            ways[6].Total.Median,
            ways,
            rounds.Aggregate(Ledger.Empty, (sum, round) => sum + round.OwnLedger),
            rounds.Aggregate(Ledger.Empty, (sum, round) => sum + round.PeersLedger),
            options,
            session);

        CpuWay Way(string name, Func<PeerRound, PeerSample> way) => new(
            name,
            Spread.Of(rounds.Select(round => way(round).CpuSecondsPerThousand), 4),
            Spread.Of(rounds.Select(round => way(round).ProgramCpuSecondsPerThousand), 4),
            Spread.Of(rounds.Select(round => way(round).StoreCpuSecondsPerThousand), 4));
    }

    public IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"processor seconds per 1,000 tasks, median (lowest to highest) of {Options.Own.Rounds} rounds: all, program, store");
        foreach (var way in Ways)
        {
            yield return $"{way.Name,-32} {way.Total}  {way.Program}  {way.Store}";
        }

        yield return $"Silo's and the bare pipeline's {Ledger}";
        yield return $"the peers' {PeersLedger}";
    }
}

/// <param name="Program">The engine's own process, clients included.</param>
/// <param name="Store">PostgreSQL, or Redis.</param>
internal sealed record CpuWay(string Name, Spread Total, Spread Program, Spread Store);
