namespace Silo.Contracts.Nodes;

/// <summary>A worker is alive, carries this load and holds this much.</summary>
public sealed record BeatRequest
{
    public required long Incarnation { get; init; }

    public LoadPart? Load { get; init; }

    /// <summary>Handlers that run now, orphans included.</summary>
    public required int Running { get; init; }

    /// <summary>Executions that have run for over a second and are still running.</summary>
    public IReadOnlyList<RunningPart> Started { get; init => field = value ?? []; } = [];

    /// <summary>Number of the last lease batch received.</summary>
    public required long LastLease { get; init; }

    /// <summary>Digest of everything held; absent when the worker does not keep one.</summary>
    public DigestPart? Held { get; init; }
}

public sealed record RunningPart(Guid Id, int Attempt, double RunningForSeconds);

/// <param name="Count">How many tasks are held.</param>
/// <param name="Hash">Sixteen hexadecimal digits: a number of 64 bits is more than a JSON number can carry everywhere.</param>
public sealed record DigestPart(int Count, string Hash);

/// <summary>The answer to beat, progress, adopt and leave.</summary>
public sealed record DoorResponse
{
    /// <summary><c>ok</c>, <c>fenced</c>, <c>inventory_wanted</c>, <c>not_ready</c> or <c>still_holding</c>.</summary>
    public required string Status { get; init; }

    public long Epoch { get; init; }

    public OrdersPart Orders { get; init => field = value ?? new(); } = new();
}
