using Silo.Simulation.Kernel;

namespace Silo.Simulation.Storage;

/// <summary>How the store behaves at the moment; faults change it.</summary>
internal sealed class StoreWeather(SimWorld world)
{
    /// <summary>Until then statements wait: a checkpoint, a slow disk, a lock.</summary>
    public TimeSpan StalledUntil { get; private set; }

    /// <summary>Until then a statement may wait that came during a stall: those under way do not hear that the store has healed.</summary>
    public TimeSpan WaitsUntil { get; private set; }

    /// <summary>Until then statements fail at once: a restart, a full disk.</summary>
    public TimeSpan DownUntil { get; private set; }

    /// <summary>Share of calls that fail before anything is done.</summary>
    public double FailureShare { get; set; }

    /// <summary>Share of writes whose answer is lost, half of them before the commit.</summary>
    public double LostAnswerShare { get; set; }

    public TimeSpan LatencyMax { get; set; } = TimeSpan.FromMilliseconds(2);

    public bool Down => world.Now < DownUntil;

    public void Stall(TimeSpan span)
    {
        StalledUntil = world.Now + span;
        WaitsUntil = StalledUntil > WaitsUntil ? StalledUntil : WaitsUntil;
    }

    public void Fail(TimeSpan span) => DownUntil = world.Now + span;

    public void Heal()
    {
        (FailureShare, LostAnswerShare, LatencyMax) = (0, 0, TimeSpan.FromMilliseconds(2));
        (StalledUntil, DownUntil) = (world.Now, world.Now);
    }
}
