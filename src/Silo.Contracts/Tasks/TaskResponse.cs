using System.Text.Json.Serialization;
using Silo.Contracts.Json;

namespace Silo.Contracts.Tasks;

/// <summary>A task as it is shown. Lists leave payload and result out.</summary>
public sealed record TaskResponse
{
    public required Guid Id { get; init; }

    public required long Number { get; init; }

    public required string Type { get; init; }

    public required string Queue { get; init; }

    /// <summary><c>scheduled</c>, <c>ready</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string State { get; init; }

    /// <summary>True while a cancel is on record and not yet final.</summary>
    public bool? Cancelling { get; init; }

    public required int Priority { get; init; }

    /// <summary>The attempt it stands at, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>Nodes that died while it was known to run there.</summary>
    public required int Deaths { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is, or was, due; a retry moves it.</summary>
    public required DateTimeOffset RunAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The node that holds it, or that ran it last.</summary>
    public string? Node { get; init; }

    public ProgressPart? Progress { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Payload { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    public ErrorPart? Error { get; init; }

    public required double TimeoutSeconds { get; init; }

    public required RetryTerms Retry { get; init; }

    public PlacementTerms? Placement { get; init; }

    public string? IdempotencyKey { get; init; }

    public string? CorrelationId { get; init; }

    public Guid? ParentId { get; init; }

    public string? User { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <param name="Percent">0 to 100.</param>
/// <param name="Message">For people.</param>
public sealed record ProgressPart(double? Percent = null, string? Message = null);

/// <param name="Code">Stable, for programs.</param>
/// <param name="Message">For people.</param>
public sealed record ErrorPart(string Code, string Message);
