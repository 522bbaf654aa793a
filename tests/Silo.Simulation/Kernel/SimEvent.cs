namespace Silo.Simulation.Kernel;

/// <summary>Something a process will do at its time.</summary>
internal sealed class SimEvent(SimProcess process, string what, Task work)
{
    public SimProcess Process { get; } = process;

    public string What { get; } = what;

    public Task Work { get; } = work;

    /// <summary>False once it was taken back: a timer disarmed, a time-out of a call that was answered.</summary>
    public bool Wanted { get; private set; } = true;

    public void TakeBack() => Wanted = false;
}
