using System.Globalization;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Postgres;

namespace Silo.Benchmarks.Filled;

/// <param name="Ratio">Median over the rounds of tasks a second in the filled database ÷ in the empty one, each of one round.</param>
/// <param name="RssMibAboveIdle">Of this process while it ran the tasks of the filled database, the most of all rounds, above what it had just before them.</param>
internal sealed record FilledReport(
    string Benchmark,
    double Ratio,
    double RssMibAboveIdle,
    Spread RatioRange,
    PostgresWay Filled,
    PostgresWay Empty,
    Ledger Ledger,
    FilledOptions Options,
    PostgresSession Session) : IBenchReport
{
    /// <param name="rounds">At least one.</param>
    public static FilledReport Of(IReadOnlyList<FilledRound> rounds, FilledOptions options, PostgresSession session)
    {
        var ratio = Spread.Of(rounds.Select(round => round.Filled.Sample.Program.TasksPerSecond / round.Empty.Sample.Program.TasksPerSecond), 3);
        return new FilledReport(
            options.Kind == FilledKind.History ? "history" : "backlog",
            ratio.Median,
            Math.Round(rounds.Max(round => round.Filled.AddedMebibytes), 1),
            ratio,
            PostgresWay.Of(rounds.Select(round => round.Filled.Sample)),
            PostgresWay.Of(rounds.Select(round => round.Empty.Sample)),
            rounds.Aggregate(Ledger.Empty, (sum, round) => sum + round.Filled.Sample.Program.Ledger + round.Empty.Sample.Program.Ledger),
            options,
            session);
    }

    public IEnumerable<string> Lines()
    {
        var what = Options.Kind == FilledKind.History ? "finished" : "waiting";
        yield return string.Create(CultureInfo.InvariantCulture, $"{Options.Load.Tasks} no-op tasks a round beside {Options.Rows} {what} ones, median (lowest to highest) of {Options.Load.Rounds} rounds");
        yield return $"filled  {Filled}";
        yield return $"empty   {Empty}";
        yield return string.Create(CultureInfo.InvariantCulture, $"ratio   {RatioRange}; at most {RssMibAboveIdle} MiB above idle");
        yield return $"{Ledger}";
    }
}
