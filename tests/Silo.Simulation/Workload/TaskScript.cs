using Silo.Core.Tasks;

namespace Silo.Simulation.Workload;

/// <summary>What a handler will do.</summary>
internal enum Behaviour
{
    Succeed,

    /// <summary>Fails every time, with retries.</summary>
    Fail,

    /// <summary>Fails the first time only.</summary>
    FailOnce,

    FailForGood,

    /// <summary>Never ends by itself; ends when cancelled.</summary>
    Hang,

    /// <summary>Runs past its time-out and ignores the cancellation.</summary>
    IgnoreCancellation,

    /// <summary>Takes its whole process down while it runs.</summary>
    CrashNode,
}

/// <summary>One submitted task, as the client knows it.</summary>
internal sealed record TaskScript(TaskSpec Spec, Behaviour Behaviour, TimeSpan Duration)
{
    /// <summary>The client was told that it is stored.</summary>
    public bool Acknowledged { get; set; }
}
