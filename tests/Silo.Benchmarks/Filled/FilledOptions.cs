using Silo.Benchmarks.Ceiling;

namespace Silo.Benchmarks.Filled;

/// <param name="Rows">That the filled database has before.</param>
/// <param name="Load">What is measured in both.</param>
internal sealed record FilledOptions(FilledKind Kind, int Rows, CeilingOptions Load)
{
    public static readonly FilledOptions History = new(FilledKind.History, 5_000_000, CeilingOptions.Default with { Rounds = 5 });
    public static readonly FilledOptions Backlog = new(FilledKind.Backlog, 1_000_000, CeilingOptions.Default with { Rounds = 5 });
}
