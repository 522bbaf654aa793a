using Silo.Simulation.Kernel;

namespace Silo.Simulation.Runs;

/// <summary>What came of one seed.</summary>
internal sealed record SeedResult
{
    public required int Seed { get; init; }

    public required long Events { get; init; }

    /// <summary>Equal for equal runs.</summary>
    public required ulong Hash { get; init; }

    public required long Crashes { get; init; }

    public required long StoreFaults { get; init; }

    public required long LostAnswers { get; init; }

    public required long FencedOutcomes { get; init; }

    /// <summary>Null when every invariant held.</summary>
    public Violation? Violation { get; init; }

    /// <summary>Simulated time until everything had ended.</summary>
    public required TimeSpan Simulated { get; init; }
}
