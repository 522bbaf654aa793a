namespace Silo.Embedded;

/// <summary>How actors live in this process.</summary>
public sealed class EmbeddedOptions
{
    /// <summary>Every request and reply is written and read as a cluster would, so that tests find what cannot travel. Default false: objects are handed over as they are.</summary>
    public bool ReencodeCalls { get; init; }

    /// <summary>A task's actor that nobody asked for this long is dropped. Default 60 s.</summary>
    public TimeSpan TaskIdle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A node's actor that nobody called for this long is stopped: its worker has been fenced long before. Default 10 minutes.</summary>
    public TimeSpan NodeIdle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Task actors at once. At the limit the idle ones are dropped early; when all are busy, further calls are refused. Default 50,000.</summary>
    public int TaskActorsMax { get; init; } = 50_000;

    /// <summary>Node actors at once, with the same answer at the limit. Default 10,000.</summary>
    public int NodeActorsMax { get; init; } = 10_000;

    /// <summary>An actor that takes longer to stop in order is cut off. Default 5 s.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
