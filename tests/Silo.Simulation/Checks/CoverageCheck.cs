using Silo.Core.Placement;
using Silo.Core.Scheduling;
using Silo.Core.Tasks;
using Silo.Simulation.Processes;

namespace Silo.Simulation.Checks;

/// <summary>Watermarks are complete: a waiting row below one is in the scheduler's memory, on a node, or on its way into memory.</summary>
/// <remarks>On its way takes a moment (a notice, a read), longer for what only the slow sweep can find; time while the store is away does not count.</remarks>
internal sealed class CoverageCheck(SimSystem system)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>For rows that this scheduler had in memory before.</summary>
    private static readonly TimeSpan KnownMax = TimeSpan.FromSeconds(12);

    /// <summary>For rows of which it may never have been told.</summary>
    private static readonly TimeSpan UntoldMax = TimeSpan.FromSeconds(75);

    private readonly HashSet<(TaskId Id, int Attempt)> _known = [];
    private readonly Dictionary<TaskId, TimeSpan> _uncoveredFor = [];
    private TimeSpan _checkedAt;
    private SchedulerActor? _scheduler;

    public void Check()
    {
        var passed = system.World.Now - _checkedAt;
        if (passed < Interval)
        {
            return;
        }

        _checkedAt = system.World.Now;
        if (!system.Servers.AllUp || system.Servers.Scheduling.Scheduler is not { Acting: true } scheduler)
        {
            return;
        }

        if (scheduler != _scheduler)
        {
            (_scheduler, passed) = (scheduler, TimeSpan.Zero);
            _known.Clear();
            _uncoveredFor.Clear();
        }

        if (system.StoreWeather.Down || system.World.Now < system.StoreWeather.WaitsUntil)
        {
            passed = TimeSpan.Zero;
        }

        foreach (var ((queue, _), keys) in system.Store.Waiting)
        {
            foreach (var id in keys.Values)
            {
                Look(scheduler.Board, queue, id, passed < Interval * 4 ? passed : Interval * 4);
            }
        }
    }

    private void Look(SchedulerBoard board, string queue, TaskId id, TimeSpan passed)
    {
        var window = board.Queue(queue).Window;
        var row = system.Store.Find(id)!;
        if (window.Contains(id) || board.IsHeld(id))
        {
            // Where an earlier attempt is thought to be on a node still, nobody may have told of this one.
            if (!board.Assignments.TryGetValue(id, out var sent) || sent.Attempt == row.Attempt)
            {
                _known.Add((id, row.Attempt));
            }

            _uncoveredFor.Remove(id);
            return;
        }

        if (!window.Covers(row.Spec.Priority, PlacementShape.Of(row.Waiting), row.Spec.Key))
        {
            _uncoveredFor.Remove(id);
            return;
        }

        var uncovered = _uncoveredFor.GetValueOrDefault(id) + passed;
        _uncoveredFor[id] = uncovered;
        if (uncovered > (_known.Contains((id, row.Attempt)) ? KnownMax : UntoldMax))
        {
            system.World.Fail("watermarks are complete", $"{id} waits below the watermark of {queue} and has been nowhere in memory for {uncovered.TotalSeconds:0.0} s");
        }
    }
}
