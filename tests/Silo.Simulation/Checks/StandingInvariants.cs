using Silo.Simulation.Kernel;
using Silo.Simulation.Processes;

namespace Silo.Simulation.Checks;

/// <summary>What must hold after every event. The judges at the store, the handlers and the doors see single changes; this looks at the whole.</summary>
internal sealed class StandingInvariants(SimSystem system)
{
    /// <summary>Whole-table checks run once per this many events, so that a run stays linear in its events.</summary>
    private const int RecountEvery = 256;

    private readonly CoverageCheck _coverage = new(system);
    private readonly FalseDeathCheck _deaths = new(system);
    private long _taken;

    private SimWorld World => system.World;

    public void Check()
    {
        JudgeEpoch();
        _coverage.Check();
        _deaths.Check();
        if (World.Events % RecountEvery == 0)
        {
            JudgeCounters();
        }
    }

    /// <summary>Whoever acts took its epoch from the store, and a later server never has an earlier one.</summary>
    private void JudgeEpoch()
    {
        if (system.Servers.Scheduling.Scheduler is { Acting: true } scheduler && scheduler.Epoch != _taken)
        {
            if (scheduler.Epoch < _taken || scheduler.Epoch > system.Store.Epoch(SimSystem.Pool))
            {
                World.Fail("epochs only grow", $"a scheduler acts in {scheduler.Epoch}, after {_taken}; the store is at {system.Store.Epoch(SimSystem.Pool)}");
            }

            _taken = scheduler.Epoch;
        }
    }

    private void JudgeCounters()
    {
        var counted = system.Store.Rows.Values.GroupBy(row => (row.Spec.Queue, row.State)).ToDictionary(group => group.Key, group => (long)group.Count());
        foreach (var (bucket, kept) in system.Store.Counts)
        {
            if (kept != counted.GetValueOrDefault(bucket))
            {
                World.Fail("counters equal a recount", $"{bucket}: kept {kept}, counted {counted.GetValueOrDefault(bucket)}");
            }
        }
    }
}
