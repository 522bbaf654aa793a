using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Postgres;

namespace Silo.Benchmarks.Latency;

/// <param name="RatioBullmq">Median over the rounds of the p50s of submit to start ÷ BullMQ's, each of one round; null when it was left out.</param>
/// <param name="RatioBareP99">The same of the p99s ÷ the bare insert's.</param>
internal sealed record PostgresLatencyReport(
    Spread P50, Spread P99, Spread BareP50, Spread BareP99, Spread? BullmqP50, double? RatioBullmq, double RatioBareP99, Ledger Ledger, PostgresSession Session)
{
    /// <param name="rounds">At least one.</param>
    public static PostgresLatencyReport Of(IReadOnlyList<PostgresLatencyRound> rounds, PostgresSession session)
    {
        var peers = rounds.Where(round => round.Peer is not null).ToList();
        return new PostgresLatencyReport(
            Spread.Of(rounds.Select(round => round.Submit.At(0.5)), 3),
            Spread.Of(rounds.Select(round => round.Submit.At(0.99)), 3),
            Spread.Of(rounds.Select(round => round.Bare.At(0.5)), 3),
            Spread.Of(rounds.Select(round => round.Bare.At(0.99)), 3),
            peers.Count == 0 ? null : Spread.Of(peers.Select(round => round.Peer!.At(0.5)), 3),
            peers.Count == 0 ? null : Spread.Of(peers.Select(round => round.Submit.At(0.5) / round.Peer!.At(0.5)), 3).Median,
            Spread.Of(rounds.Select(round => round.Submit.At(0.99) / round.Bare.At(0.99)), 3).Median,
            rounds.Aggregate(Ledger.Empty, (sum, round) => sum + round.Ledger),
            session);
    }
}
