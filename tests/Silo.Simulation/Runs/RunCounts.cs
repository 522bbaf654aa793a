namespace Silo.Simulation.Runs;

/// <summary>What one run went through, so that a run without faults cannot pass for one with them.</summary>
internal sealed class RunCounts
{
    public long Crashes { get; set; }

    public long StoreFaults { get; set; }

    public long LostAnswers { get; set; }

    /// <summary>Reports refused, at the door or in the store, because their incarnation had ended.</summary>
    public long FencedOutcomes { get; set; }
}
