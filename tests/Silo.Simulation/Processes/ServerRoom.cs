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

    /// <summary>Ends the server as kill -9 does, and starts it again after <paramref name="downtime"/>.</summary>
    public void Crash(TimeSpan downtime)
    {
        var old = Current;
        Crash(old.Process, () => Replace(old), downtime);
    }

    /// <summary>The same of the scheduler alone.</summary>
    public void CrashScheduler(TimeSpan downtime)
    {
        var old = Scheduling;
        Crash(old.Process, () => Replace(old), downtime);
    }

    /// <summary>Pauses the server; when it is paused for long, another one takes its place, and the old one goes on for a while when it wakes.</summary>
    public void Pause(TimeSpan span, TimeSpan replacedAfter, TimeSpan goesOn)
    {
        var old = Current;
        Pause(old.Process, () => Replace(old), span, replacedAfter, goesOn);
    }

    /// <summary>The same of the scheduler alone.</summary>
    public void PauseScheduler(TimeSpan span, TimeSpan replacedAfter, TimeSpan goesOn)
    {
        var old = Scheduling;
        Pause(old.Process, () => Replace(old), span, replacedAfter, goesOn);
    }

    public Destination<ISchedulerActor>? FindScheduler() => Scheduling.Process.Alive ? Scheduling.Find() : null;

    public Destination<INodeActor>? FindNode(string name) => Current.Process.Alive ? Current.FindNode(name) : null;

    public Destination<ITaskActor>? FindTask(TaskId id) => Current.Process.Alive ? Current.FindTask(id) : null;

    private static bool IsUp(SimProcess process) => process is { Alive: true, Frozen: false };

    private void Crash(SimProcess process, Action replace, TimeSpan downtime)
    {
        if (!process.Alive)
        {
            return;
        }

        _system.World.Trace.Add($"fault   the {process.Name} crashes, for {downtime.TotalSeconds:0.0} s");
        _system.Counts.Crashes++;
        process.Kill();
        _system.Post("restart server", replace, downtime);
    }

    private void Pause(SimProcess process, Action replace, TimeSpan span, TimeSpan replacedAfter, TimeSpan goesOn)
    {
        if (!IsUp(process))
        {
            return;
        }

        _system.World.Trace.Add($"fault   the {process.Name} is paused for {span.TotalSeconds:0.0} s, replaced after {replacedAfter.TotalSeconds:0.0} s");
        process.Freeze();
        _system.Post("thaw server", process.Thaw, span);
        if (replacedAfter < span)
        {
            _system.Counts.Crashes++;
            _system.Post("replace server", replace, replacedAfter);
            _system.Post("end old server", process.Kill, span + goesOn);
        }
    }

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
