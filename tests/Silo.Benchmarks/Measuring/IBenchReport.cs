namespace Silo.Benchmarks.Measuring;

/// <summary>What a benchmark found.</summary>
internal interface IBenchReport
{
    /// <summary>What became of every task of every round.</summary>
    Ledger Ledger { get; }

    /// <summary>The report for people.</summary>
    IEnumerable<string> Lines();
}
