using System.Text.Json;
using System.Text.Json.Serialization;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Cli.Ledger;

internal enum LedgerEvent
{
    /// <summary>Written before the handler gets the task.</summary>
    Started,

    /// <summary>Written when the handler has returned, before its outcome is sent.</summary>
    Ended,

    /// <summary>Written when the server has said what became of the outcome.</summary>
    Answered,
}

/// <summary>One line of a worker's own record of what it ran: the evidence about Silo that Silo does not keep.</summary>
internal sealed record LedgerEntry
{
    public required LedgerEvent Event { get; init; }

    public required string Node { get; init; }

    /// <summary>The worker's process id: it stays the same when the node rejoins as a new incarnation.</summary>
    public required int Process { get; init; }

    public required Guid Task { get; init; }

    public required string Type { get; init; }

    public required string Queue { get; init; }

    public required int Attempt { get; init; }

    /// <summary>Of the scheduler that sent it; null in the ledger of a worker that does not say.</summary>
    public long? Epoch { get; init; }

    /// <summary>The machine's wall clock, for people.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The machine's monotonic clock: comparable between processes on one machine until it restarts.</summary>
    public required long MonotonicMicroseconds { get; init; }

    /// <summary>How the handler returned, for <see cref="LedgerEvent.Ended"/>.</summary>
    public ExecutionEnd? End { get; init; }

    /// <summary>For <see cref="LedgerEvent.Answered"/>.</summary>
    public OutcomeAnswer? Answer { get; init; }

    /// <summary>The task's state after the outcome, for <see cref="LedgerEvent.Answered"/> when it was not fenced.</summary>
    public StoredState? State { get; init; }

    /// <summary>The server took this as the task's last outcome.</summary>
    [JsonIgnore]
    public bool IsAcceptedOutcome => Event == LedgerEvent.Answered && Answer == OutcomeAnswer.Recorded && State is { } state && state.IsTerminal();

    public byte[] ToLine() => [.. JsonSerializer.SerializeToUtf8Bytes(this, LedgerJson.Default.LedgerEntry), (byte)'\n'];

    /// <exception cref="JsonException">The line is no ledger entry.</exception>
    public static LedgerEntry Parse(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize(line, LedgerJson.Default.LedgerEntry) ?? throw new JsonException("A ledger entry is a JSON object, not null.");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(SnakeCaseEnum<LedgerEvent>), typeof(SnakeCaseEnum<ExecutionEnd>), typeof(SnakeCaseEnum<OutcomeAnswer>), typeof(SnakeCaseEnum<StoredState>)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(LedgerEntry))]
internal sealed partial class LedgerJson : JsonSerializerContext;

/// <summary>Writes an enum's members in the form all our names on the wire have; numbers are refused.</summary>
internal sealed class SnakeCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
