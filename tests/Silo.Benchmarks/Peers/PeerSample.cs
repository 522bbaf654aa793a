using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Postgres;

namespace Silo.Benchmarks.Peers;

/// <summary>One engine, or one way into it, in one round.</summary>
/// <param name="ProgramCpuSecondsPerThousand">Of the engine's program, clients included, per 1,000 tasks.</param>
/// <param name="StoreCpuSecondsPerThousand">Of PostgreSQL, or of Redis, with all its processes.</param>
/// <param name="Settings">What the engine ran with, as JSON.</param>
internal sealed record PeerSample(double TasksPerSecond, double ProgramCpuSecondsPerThousand, double StoreCpuSecondsPerThousand, Ledger Ledger, string Settings = "")
{
    public double CpuSecondsPerThousand => ProgramCpuSecondsPerThousand + StoreCpuSecondsPerThousand;

    public static PeerSample Of(PostgresSample sample) =>
        new(sample.Program.TasksPerSecond, sample.Program.CpuSecondsPerThousand, sample.DatabaseCpuSecondsPerThousand, sample.Program.Ledger);
}

/// <summary>Every engine once, one after the other.</summary>
internal sealed record PeerRound(PeerSample Ceiling, PeerSample Silo, PeerSample Http, PeerSample Graphile, PeerSample PgBossResults, PeerSample PgBoss, PeerSample BullMq)
{
    public Ledger OwnLedger => Ceiling.Ledger + Silo.Ledger + Http.Ledger;

    public Ledger PeersLedger => Graphile.Ledger + PgBossResults.Ledger + PgBoss.Ledger + BullMq.Ledger;
}
