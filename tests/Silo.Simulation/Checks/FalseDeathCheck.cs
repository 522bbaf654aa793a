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
        // A server that is away takes the nodes' actors with it, and to a scheduler apart from it their nodes are silent.
        if (!_system.NetworkWeather.Calm || (_system.SchedulerApart && !_system.Servers.AllUp))
        {
            _calmSince = now;
        }

        if (_system.Servers.Scheduling.Scheduler is { Acting: true } scheduler && scheduler != _acting)
        {
            (_acting, _actingSince) = (scheduler, now);
        }
    }

    private void Judge(NodeFence fence)
    {
        // A takeover has to end the silent ones without knowing them for long. And one by a server that was thought dead, and has thawed, hears nobody:
        // beats go to the one that is current until that one learns of the newer epoch.
        if (_acting is null || _system.Servers.Scheduling.Scheduler != _acting || _acting.Epoch != _system.Store.Epoch(SimSystem.Pool))
        {
            return;
        }

        var worker = _system.Workers.First(candidate => candidate.Name == fence.Node);
        var since = new[] { _calmSince, _actingSince, worker.UndisturbedSince }.Max();
        var calmFor = _system.Auditor.FenceAskedAt(fence) - since;
        if (worker is { Leaving: false, Process: { Alive: true, Frozen: false } } && worker.Fence == fence && worker.BeatsAs == fence && calmFor > SettledAfter)
        {
            _system.World.Fail("a node that beats is not declared dead", $"{fence} was ended, and nothing had disturbed it for {calmFor.TotalSeconds:0} s");
        }
    }
}
