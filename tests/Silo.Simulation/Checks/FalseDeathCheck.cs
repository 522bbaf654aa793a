using Silo.Core.Nodes;
using Silo.Core.Scheduling;
using Silo.Simulation.Processes;

namespace Silo.Simulation.Checks;

/// <summary>Silence is counted only while scheduler and store are well: a worker that beats through a calm network is not declared dead because the server was away.</summary>
internal sealed class FalseDeathCheck
{
    /// <summary>Longer than any lease: whatever disturbed a node before has been settled by then.</summary>
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(14);

    private readonly SimSystem _system;
    private TimeSpan _calmSince;
    private TimeSpan _actingSince;
    private SchedulerActor? _acting;

    public FalseDeathCheck(SimSystem system)
    {
        _system = system;
        system.Auditor.Ended = Judge;
    }

    public void Check()
    {
        var now = _system.World.Now;
        if (!_system.NetworkWeather.Calm)
        {
            _calmSince = now;
        }

        if (_system.Servers.Current.Scheduler is { Acting: true } scheduler && scheduler != _acting)
        {
            (_acting, _actingSince) = (scheduler, now);
        }
    }

    private void Judge(NodeFence fence)
    {
        // A takeover has to end the silent ones without knowing them for long.
        if (_system.Servers.Current.Scheduler != _acting)
        {
            return;
        }

        var worker = _system.Workers.First(candidate => candidate.Name == fence.Node);
        var since = new[] { _calmSince, _actingSince, worker.UndisturbedSince }.Max();
        if (worker is { Leaving: false, Process: { Alive: true, Frozen: false } } && worker.Fence == fence && _system.World.Now - since > SettledAfter)
        {
            _system.World.Fail("a node that beats is not declared dead", $"{fence} was ended, and nothing had disturbed it for {(_system.World.Now - since).TotalSeconds:0} s");
        }
    }
}
