using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Simulation.Network;

namespace Silo.Simulation.Processes;

/// <summary>The server that is current, and those before it that may still be there: paused, or not yet told that they are not.</summary>
internal sealed class ServerRoom
{
    private readonly SimSystem _system;

    public ServerRoom(SimSystem system)
    {
        _system = system;
        Current = new SimServer(system);
    }

    public SimServer Current { get; private set; }

    /// <summary>Ends the server as kill -9 does, and starts it again after <paramref name="downtime"/>.</summary>
    public void Crash(TimeSpan downtime)
    {
        if (!Current.Process.Alive)
        {
            return;
        }

        _system.World.Trace.Add($"fault   the server crashes, for {downtime.TotalSeconds:0.0} s");
        _system.Counts.Crashes++;
        var old = Current;
        old.Process.Kill();
        _system.Post("restart server", () => Replace(old), downtime);
    }

    /// <summary>Pauses the server; when it is paused for long, another one takes its place, and the old one goes on for a while when it wakes.</summary>
    public void Pause(TimeSpan span, TimeSpan replacedAfter, TimeSpan goesOn)
    {
        var old = Current;
        if (!old.Process.Alive || old.Process.Frozen)
        {
            return;
        }

        _system.World.Trace.Add($"fault   the server is paused for {span.TotalSeconds:0.0} s, replaced after {replacedAfter.TotalSeconds:0.0} s");
        old.Process.Freeze();
        _system.Post("thaw server", old.Process.Thaw, span);
        if (replacedAfter < span)
        {
            _system.Counts.Crashes++;
            _system.Post("replace server", () => Replace(old), replacedAfter);
            _system.Post("end old server", old.Process.Kill, span + goesOn);
        }
    }

    public Destination<ISchedulerActor>? FindScheduler() => Current.Process.Alive ? Current.FindScheduler() : null;

    public Destination<INodeActor>? FindNode(string name) => Current.Process.Alive ? Current.FindNode(name) : null;

    public Destination<ITaskActor>? FindTask(TaskId id) => Current.Process.Alive ? Current.FindTask(id) : null;

    private void Replace(SimServer old)
    {
        if (Current != old)
        {
            return;
        }

        _system.World.Trace.Add($"fault   a new server starts");
        Current = new SimServer(_system);
    }
}
