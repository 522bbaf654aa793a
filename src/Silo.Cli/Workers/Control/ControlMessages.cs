using System.Text.Json.Serialization;
using Silo.Cli.Ledger;
using Silo.Cli.Workers.Roster;
using Silo.Contracts.Queues;

namespace Silo.Cli.Workers.Control;

internal enum ControlVerb
{
    Status,
    Stats,
    Scale,
    Restart,
    Stop,
}

/// <summary>One line to a manager.</summary>
/// <param name="Count">How many workers there are to be, for scale and, if wanted, restart.</param>
internal sealed record ControlRequest(ControlVerb Verb, int? Count = null);

/// <summary>One line from a manager. What takes time is answered twice: when it was begun, and when it is done.</summary>
internal sealed record ControlReply
{
    public bool Done { get; init; }

    /// <summary>Why the request is refused.</summary>
    public string? Problem { get; init; }

    public WorkersStatus? Status { get; init; }
}

/// <summary>A manager and its workers, as <c>--json</c> prints them.</summary>
internal sealed record WorkersStatus
{
    public required string Folder { get; init; }

    /// <summary>Process id of the manager; null when it is gone.</summary>
    public int? Manager { get; init; }

    /// <summary>How many workers there ought to be; null when nobody knows.</summary>
    public int? Count { get; init; }

    public bool Stopping { get; init; }

    /// <summary>Workers that were told to go, and went in order.</summary>
    public int Drained { get; init; }

    /// <summary>Workers that were told to go, and had to be killed.</summary>
    public int Killed { get; init; }

    /// <summary>The server's address.</summary>
    public string? Server { get; init; }

    /// <summary>Why the server did not say anything; null when it did, or was not asked.</summary>
    public string? ServerProblem { get; init; }

    public required IReadOnlyList<WorkerState> Workers { get; init; }

    /// <summary>What is in the server's queues, for stats.</summary>
    public IReadOnlyList<QueueResponse>? Queues { get; init; }
}

internal sealed record WorkerState
{
    public required string Name { get; init; }

    public required WorkerPhase State { get; init; }

    public int? Pid { get; init; }

    public double? UptimeSeconds { get; init; }

    /// <summary>How often it ended by itself, under this manager.</summary>
    public int Restarts { get; init; }

    /// <summary>How it ended last.</summary>
    public string? LastEnd { get; init; }

    public long? MemoryBytes { get; init; }

    /// <summary>Of one processor, while it was asked for.</summary>
    public double? CpuPercent { get; init; }

    /// <summary>What the server says of it; null when it does not know it, or was not asked.</summary>
    public NodeState? Node { get; init; }
}

/// <param name="Running">Handlers at its last beat.</param>
/// <param name="Placed">Tasks placed on it since the scheduler took over.</param>
internal sealed record NodeState(bool Alive, bool Draining, long Incarnation, int Running, long Placed);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(SnakeCaseEnum<ControlVerb>), typeof(SnakeCaseEnum<WorkerPhase>)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlReply))]
internal sealed partial class ControlJson : JsonSerializerContext;
