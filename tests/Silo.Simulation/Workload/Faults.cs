using Silo.Simulation.Kernel;
using Silo.Simulation.Processes;

namespace Silo.Simulation.Workload;

/// <summary>What goes wrong, at random moments, until it is told to end.</summary>
internal sealed class Faults
{
    private readonly SimSystem _system;
    private readonly TimeSpan _restMax;

    /// <summary>Some runs have a perfect network, so that what only the server and the store did is not put down to it.</summary>
    private readonly bool _quietNetwork;

    public Faults(SimSystem system)
    {
        _system = system;
        _restMax = TimeSpan.FromSeconds(3 + World.Random.Next(6));
        _quietNetwork = World.Chance(0.3);
    }

    private SimWorld World => _system.World;

    public void Start(TimeSpan until)
    {
        SetUnderlyingWeather();
        _system.Post("fault", () => Strike(until), World.Between(TimeSpan.Zero, _restMax));
    }

    /// <summary>Everything works again; frozen processes thaw by themselves.</summary>
    public void Heal()
    {
        World.Trace.Add($"fault   everything heals");
        _system.StoreWeather.Heal();
        _system.NetworkWeather.Heal();
    }

    private void Strike(TimeSpan until)
    {
        if (World.Now >= until)
        {
            return;
        }

        One();
        _system.Post("fault", () => Strike(until), World.Between(TimeSpan.Zero, _restMax));
    }

    private void One()
    {
        switch (World.Random.Next(24))
        {
            case < 4:
                PickWorker().Crash("fault");
                break;
            case < 7:
                PickWorker().Freeze(World.Between(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(14)));
                break;
            case < 10:
                PickWorker().StopInOrder();
                break;
            case < 12:
                CrashServer();
                break;
            case < 14:
            case < 17 when _quietNetwork:
                PauseServer();
                break;
            case < 17:
                Cut();
                break;
            case < 19:
                Stall();
                break;
            case < 21:
                _system.StoreWeather.Fail(World.Skewed(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(12)));
                break;
            default:
                SetUnderlyingWeather();
                break;
        }
    }

    private void CrashServer()
    {
        var downtime = World.Between(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(8));
        _system.Servers.Crash(PickServer(), downtime);
    }

    private void PauseServer()
    {
        var span = World.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
        var (replacedAfter, goesOn) = (World.Between(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(15)), World.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15)));
        _system.Servers.Pause(PickServer(), span, replacedAfter, goesOn);
    }

    /// <summary>What is to happen to a server mostly happens to the scheduler, where that lives apart.</summary>
    private Victim PickServer() => _system.SchedulerApart && World.Chance(0.6) ? _system.Servers.SchedulerVictim : _system.Servers.ServerVictim;

    private void Stall()
    {
        var span = World.Skewed(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(20));
        World.Trace.Add($"fault   the store stalls for {span.TotalSeconds:0.0} s");
        _system.Counts.StoreFaults++;
        _system.StoreWeather.Stall(span);
    }

    /// <summary>A partition of one worker, or of the scheduler apart, in one direction or both.</summary>
    private void Cut()
    {
        var name = _system.SchedulerApart && World.Chance(0.3) ? SimSystem.SchedulerName : PickWorker().Name;
        var span = World.Skewed(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(20));
        var (there, back) = World.Random.Next(3) switch { 0 => (true, false), 1 => (false, true), _ => (true, true) };
        World.Trace.Add($"fault   {name} is cut off for {span.TotalSeconds:0.0} s (to it: {there}, from it: {back})");
        if (there)
        {
            CutFor(SimSystem.ServerName, name, span);
        }

        if (back)
        {
            CutFor(name, SimSystem.ServerName, span);
        }
    }

    private void CutFor(string from, string to, TimeSpan span)
    {
        _system.NetworkWeather.Cut(from, to);
        _system.Post("mend", () => _system.NetworkWeather.Mend(from, to), span);
    }

    /// <summary>The steady kind of trouble: a share of messages and answers.</summary>
    private void SetUnderlyingWeather()
    {
        SetStoreWeather();
        if (_quietNetwork)
        {
            return;
        }

        var network = _system.NetworkWeather;
        network.LossShare = World.Chance(0.5) ? 0 : World.Random.NextDouble() * 0.1;
        network.DuplicateShare = World.Chance(0.5) ? 0 : World.Random.NextDouble() * 0.1;
        network.LateShare = World.Chance(0.5) ? 0 : World.Random.NextDouble() * 0.1;
        network.LatencyMax = World.Chance(0.7) ? TimeSpan.FromMilliseconds(3) : TimeSpan.FromMilliseconds(150);
    }

    private void SetStoreWeather()
    {
        var store = _system.StoreWeather;
        store.FailureShare = World.Chance(0.6) ? 0 : World.Random.NextDouble() * 0.1;
        store.LostAnswerShare = World.Chance(0.5) ? 0 : World.Random.NextDouble() * 0.15;
        store.LatencyMax = World.Chance(0.5) ? TimeSpan.FromMilliseconds(2) : TimeSpan.FromMilliseconds(400);
    }

    private SimWorker PickWorker() => _system.Workers[World.Random.Next(_system.Workers.Count)];
}
