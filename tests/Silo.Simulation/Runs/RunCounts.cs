namespace Silo.Simulation.Runs;

/// <summary>What one run went through, so that a run without faults cannot pass for one with them.</summary>
internal sealed class RunCounts
{
    public long Crashes { get; set; }

    public long StoreFaults { get; set; }

    public long LostAnswers { get; set; }

    public long FencedOutcomes { get; set; }
}
