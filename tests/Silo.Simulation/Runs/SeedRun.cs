using Silo.Simulation.Checks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Processes;
using Silo.Simulation.Storage;
using Silo.Simulation.Workload;

namespace Silo.Simulation.Runs;

/// <summary>One seed from its first fault to the last task's end.</summary>
internal sealed class SeedRun
{
    /// <summary>After the faults have healed, everything ends within this.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(15);

    /// <summary>How long the system stays quiet before its memory is compared with the store.</summary>
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(20);

    private readonly SimWorld _world;
    private readonly SimSystem _system;

    /// <param name="seed">Decides everything.</param>
    /// <param name="tracing">Keeps the last lines of what happened.</param>
    /// <param name="newStore">Tests give a store that breaks a promise; null for the true one.</param>
    public SeedRun(int seed, bool tracing = false, Func<SimWorld, StoreAuditor, SimStore>? newStore = null)
    {
        _world = new SimWorld(seed, tracing);
        _system = new SimSystem(_world, newStore ?? ((world, auditor) => new SimStore(world, auditor)));
    }

    public Trace Trace => _world.Trace;

    public SeedResult Run()
    {
        var invariants = new StandingInvariants(_system);
        _world.AfterEvent = invariants.Check;
        var client = new Client(_system);
        var faults = new Faults(_system);
        var troubled = TimeSpan.FromSeconds(25 + _world.Random.Next(40));
        client.Start(troubled);
        faults.Start(troubled);
        if (_world.RunUntil(troubled))
        {
            faults.Heal();
            Drain(client);
        }

        return Result();
    }

    private void Drain(Client client)
    {
        var drained = new DrainedState(_system, client);
        var limit = _world.Now + DrainLimit;
        while (drained.Missing() is { } missing)
        {
            if (_world.Now > limit)
            {
                _world.Fail("everything ends once the faults have healed", missing);
                return;
            }

            client.Restore();
            if (!_world.RunUntil(_world.Now + TimeSpan.FromSeconds(3)))
            {
                return;
            }
        }

        if (_world.RunUntil(_world.Now + QuietTime))
        {
            drained.Judge();
        }
    }

    private SeedResult Result() => new()
    {
        Seed = _world.Seed,
        Events = _world.Events,
        Hash = _world.Hash,
        Crashes = _system.Counts.Crashes,
        StoreFaults = _system.Counts.StoreFaults,
        LostAnswers = _system.Counts.LostAnswers,
        FencedOutcomes = _system.Counts.FencedOutcomes,
        Violation = _world.Violation,
        Simulated = _world.Now,
    };
}
