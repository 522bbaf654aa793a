using System.Globalization;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Postgres;
using Silo.Benchmarks.Stages;

namespace Silo.Benchmarks.Ceiling;

/// <param name="Ratio">Median over the rounds of Silo's tasks a second ÷ the bare pipeline's, each of one round.</param>
/// <param name="Stages">Where Silo's processor time for a task goes.</param>
/// <param name="CpuRatio">The same of the processor time for a task, program and database together: it depends less on what else the machine does.</param>
internal sealed record CeilingReport(
    string Benchmark,
    double Ratio,
    double SiloPerS,
    double CeilingPerS,
    Spread RatioRange,
    Spread CpuRatio,
    PostgresWay Silo,
    PostgresWay Ceiling,
    IReadOnlyList<StageCost> Stages,
    Ledger Ledger,
    CeilingOptions Options,
    PostgresSession Session) : IBenchReport
{
    /// <param name="rounds">At least one.</param>
    public static CeilingReport Of(IReadOnlyList<CeilingRound> rounds, IReadOnlyList<StageCost> stages, CeilingOptions options, PostgresSession session)
    {
        var ratio = Spread.Of(rounds.Select(round => round.Silo.Program.TasksPerSecond / round.Bare.Program.TasksPerSecond), 3);
        var (silo, bare) = (PostgresWay.Of(rounds.Select(round => round.Silo)), PostgresWay.Of(rounds.Select(round => round.Bare)));
        return new CeilingReport(
            "ceiling",
            ratio.Median,
            silo.TasksPerSecond.Median,
            bare.TasksPerSecond.Median,
            ratio,
            Spread.Of(rounds.Select(round => round.Silo.CpuSecondsPerThousand / round.Bare.CpuSecondsPerThousand), 3),
            silo,
            bare,
            stages,
            rounds.Aggregate(Ledger.Empty, (sum, round) => sum + round.Silo.Program.Ledger + round.Bare.Program.Ledger),
            options,
            session);
    }

    public IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{Options.Tasks} no-op tasks a round, median (lowest to highest) of {Options.Rounds} rounds");
        yield return $"bare pipeline  {Ceiling}";
        yield return $"Silo           {Silo}";
        yield return $"ratio          {RatioRange} of the tasks a second, {CpuRatio} of the processor time";
        yield return "microseconds of a task: program, database";
        foreach (var stage in Stages)
        {
            yield return $"{stage}";
        }

        yield return $"{Ledger}";
    }
}
