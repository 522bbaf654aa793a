using System.Globalization;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Memory;

/// <param name="AddedMebibytes">Median over the rounds of the resident memory that the waiting tasks add, after a collection.</param>
/// <param name="Method">How it was measured.</param>
internal sealed record MemoryReport(
    string Benchmark,
    double AddedMebibytes,
    Spread AddedMebibytesRange,
    Spread AddedUncollectedMebibytes,
    Spread AddedManagedMebibytes,
    Spread BaseMebibytes,
    string Method,
    Ledger Ledger,
    MemoryOptions Options,
    SessionSettings Session) : IBenchReport
{
    private const string HowMeasured =
        "resident memory of one process with gateway, engine, store, node and client (Linux: VmRSS), after a full compacting collection, with the tasks waiting minus before them";

    /// <param name="rounds">At least one.</param>
    public static MemoryReport Of(IReadOnlyList<MemoryRound> rounds, MemoryOptions options, SessionSettings session)
    {
        var added = Spread.Of(rounds.Select(round => round.AddedMebibytes), 1);
        return new MemoryReport(
            "memory",
            added.Median,
            added,
            Spread.Of(rounds.Select(round => round.AddedUncollectedMebibytes), 1),
            Spread.Of(rounds.Select(round => round.AddedManagedMebibytes), 1),
            Spread.Of(rounds.Select(round => round.BaseMebibytes), 1),
            HowMeasured,
            rounds.Aggregate(Ledger.Empty, (sum, round) => sum + round.Ledger),
            options,
            session);
    }

    public IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{Options.Tasks} waiting tasks, median (lowest to highest) of {Options.Rounds} rounds, in MiB");
        yield return $"added        {AddedMebibytesRange}, of it managed {AddedManagedMebibytes}";
        yield return $"uncollected  {AddedUncollectedMebibytes}";
        yield return $"before       {BaseMebibytes}";
        yield return $"{Ledger}";
    }
}
