using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Network;

namespace Silo.Simulation.Processes;

/// <summary>The server and the scheduler that are current, and those before them that may still be there: paused, or not yet told that they are not.</summary>
internal sealed class ServerRoom
{
    private readonly SimSystem _system;
    private SchedulerHost? _apart;

    public ServerRoom(SimSystem system)
    {
        _system = system;
        Current = new SimServer(system);
        _apart = system.SchedulerApart ? SchedulerHost.StartApart(system) : null;
    }

    public SimServer Current { get; private set; }

    /// <summary>Where the scheduler lives.</summary>
    public SchedulerHost Scheduling => _apart ?? Current.Scheduling;

    /// <summary>Server and scheduler are up and go on.</summary>
    public bool AllUp => IsUp(Current.Process) && IsUp(Scheduling.Process);

    /// <summary>The server, for a fault to strike.</summary>
    public Victim ServerVictim
    {
        get
        {
            var old = Current;
            return new Victim(old.Process, () => Replace(old));
        }
    }

    /// <summary>Whatever process the scheduler lives in.</summary>
    public Victim SchedulerVictim => _apart is { } old ? new(old.Process, () => Replace(old)) : ServerVictim;

    /// <summary>Ends it as kill -9 does; another takes its place after <paramref name="downtime"/>.</summary>
    public void Crash(Victim victim, TimeSpan downtime)
    {
        if (!victim.Process.Alive)
        {
            return;
        }

        _system.World.Trace.Add($"fault   the {victim.Process.Name} crashes, for {downtime.TotalSeconds:0.0} s");
        _system.Counts.Crashes++;
        victim.Process.Kill();
        _system.Post("restart server", victim.Replace, downtime);
    }

    /// <summary>Pauses it; when it is paused for long, another one takes its place, and the old one goes on for a while when it wakes.</summary>
    public void Pause(Victim victim, TimeSpan span, TimeSpan replacedAfter, TimeSpan goesOn)
    {
        if (!IsUp(victim.Process))
        {
            return;
        }

        _system.World.Trace.Add($"fault   the {victim.Process.Name} is paused for {span.TotalSeconds:0.0} s, replaced after {replacedAfter.TotalSeconds:0.0} s");
        victim.Process.Freeze();
        _system.Post("thaw server", victim.Process.Thaw, span);
        if (replacedAfter < span)
        {
            _system.Counts.Crashes++;
            _system.Post("replace server", victim.Replace, replacedAfter);
            _system.Post("end old server", victim.Process.Kill, span + goesOn);
        }
    }

    public Destination<ISchedulerActor>? FindScheduler() => Scheduling.Process.Alive ? Scheduling.Find() : null;

    public Destination<INodeActor>? FindNode(string name) => Current.Process.Alive ? Current.FindNode(name) : null;

    public Destination<ITaskActor>? FindTask(TaskId id) => Current.Process.Alive ? Current.FindTask(id) : null;

    private static bool IsUp(SimProcess process) => process is { Alive: true, Frozen: false };

    private void Replace(SimServer old)
    {
        if (Current != old)
        {
            return;
        }

        _system.World.Trace.Add($"fault   a new server starts");
        Current = new SimServer(_system);
    }

    private void Replace(SchedulerHost old)
    {
        if (_apart != old)
        {
            return;
        }

        _system.World.Trace.Add($"fault   a new scheduler starts");
        _apart = SchedulerHost.StartApart(_system);
    }
}

/// <param name="Process">What is struck.</param>
/// <param name="Replace">Puts another in its place, unless that has been done.</param>
internal readonly record struct Victim(SimProcess Process, Action Replace);
