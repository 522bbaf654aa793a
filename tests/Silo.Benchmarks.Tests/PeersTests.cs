using System.Text.Json;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Peers;
using Silo.Benchmarks.Postgres;

namespace Silo.Benchmarks.Tests;

/// <summary>What the comparison with other engines says of rounds that were measured.</summary>
public sealed class PeersTests
{
    private static readonly PostgresSession Session = new(2, "Linux", ".NET", "15.0", "on", "on", "on", "512MB");

    [Fact]
    public void Peers_RoundsWithEveryoneAtTheirBest_AreValidAndRelateToEachPeer()
    {
        var report = Report(Round(ceiling: 50_000, silo: 40_000, http: 20_000, graphile: 8_000, pgBoss: 4_000, bullMq: 4_000));

        Assert.True(report.GetProperty("valid").GetBoolean());
        Assert.Empty(report.GetProperty("invalid").EnumerateArray());
        Assert.Equal((5, 10, 10, 2.5), (Number(report, "ratio_graphile"), Number(report, "ratio_bullmq"), Number(report, "ratio_pgboss"), Number(report, "ratio_http_graphile")));
        Assert.Equal((40_000, 8_000, 50_000), (Number(report, "silo_per_s"), Number(report, "graphile_per_s"), Number(report, "ceiling_per_s")));
    }

    [Theory]
    [InlineData(30_000, 8_000, 4_000, 4_000, "the bare pipeline made 30000 tasks/s, less than 4.5 times graphile-worker's 8000")]
    [InlineData(50_000, 5_999, 4_000, 4_000, "graphile-worker made 5999 tasks/s, less than 0.12 of the bare pipeline's 50000")]
    [InlineData(50_000, 8_000, 1_999, 4_000, "pg-boss made 1999 tasks/s, less than 0.04 of the bare pipeline's 50000")]
    [InlineData(50_000, 8_000, 4_000, 2_499, "BullMQ made 2499 tasks/s, less than 0.05 of the bare pipeline's 50000")]
    public void Peers_SomebodyFarBelowTheirBest_MakeTheRunInvalidAndSayWho(double ceiling, double graphile, double pgBoss, double bullMq, string problem)
    {
        var report = Report(Round(ceiling, silo: 40_000, http: 20_000, graphile, pgBoss, bullMq));

        Assert.False(report.GetProperty("valid").GetBoolean());
        Assert.Equal([problem], report.GetProperty("invalid").EnumerateArray().Select(text => text.GetString()));
    }

    [Fact]
    public void Peers_SeveralRounds_TellTheMedianOfTheRatiosOfEach()
    {
        // The machine is twice as fast in the second round; only ratios within a round are left of it.
        var report = Report(
            Round(50_000, silo: 40_000, http: 20_000, graphile: 8_000, pgBoss: 4_000, bullMq: 4_000),
            Round(100_000, silo: 80_000, http: 40_000, graphile: 16_000, pgBoss: 8_000, bullMq: 8_000),
            Round(50_000, silo: 32_000, http: 16_000, graphile: 8_000, pgBoss: 4_000, bullMq: 4_000));

        Assert.Equal((5, 40_000), (Number(report, "ratio_graphile"), Number(report, "silo_per_s")));
    }

    [Fact]
    public void Peers_LostJobOfAPeer_IsToldApartFromOurLedger()
    {
        var round = Round(50_000, 40_000, 20_000, 8_000, 4_000, 4_000);
        var report = Report(round with { BullMq = round.BullMq with { Ledger = new Ledger { Acknowledged = 10, Succeeded = 9, Lost = 1 } } });

        Assert.Equal((0, 1), (Number(report.GetProperty("ledger"), "lost"), Number(report.GetProperty("peers_ledger"), "lost")));
    }

    [Fact]
    public void Cpu_Report_AddsProgramAndStore()
    {
        var report = JsonSerializer.SerializeToElement(
            CpuReport.Of([Round(50_000, 40_000, 20_000, 8_000, 4_000, 4_000)], PeersOptions.Default, Session), BenchJson.Default.CpuReport);

        Assert.Equal((0.03, 0.03, 0.03, 0.03), (Number(report, "silo"), Number(report, "graphile"), Number(report, "bullmq"), Number(report, "pgboss")));
    }

    private static PeerRound Round(double ceiling, double silo, double http, double graphile, double pgBoss, double bullMq) =>
        new(Sample(ceiling), Sample(silo), Sample(http), Sample(graphile), Sample(1_000), Sample(pgBoss), Sample(bullMq));

    private static PeerSample Sample(double tasksPerSecond) => new(tasksPerSecond, 0.01, 0.02, new Ledger { Acknowledged = 1, Succeeded = 1 });

    private static JsonElement Report(params PeerRound[] rounds) =>
        JsonSerializer.SerializeToElement(PeersReport.Of(rounds, PeersOptions.Default, Session), BenchJson.Default.PeersReport);

    private static double Number(JsonElement report, string name) => report.GetProperty(name).GetDouble();
}
