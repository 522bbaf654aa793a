using System.Text.Json.Serialization;
using Silo.Contracts.Json;

namespace Silo.Contracts.Tasks;

/// <summary>A task to be run. Only <c>type</c> must be given.</summary>
public sealed record SubmitTaskRequest
{
    /// <summary>Names the handler.</summary>
    public string? Type { get; init; }

    /// <summary>Default <c>default</c>.</summary>
    public string? Queue { get; init; }

    /// <summary>Any JSON, handed to the handler as it is; at most 1 MiB.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Payload { get; init; }

    /// <summary>0 to 100, higher first. Default 50.</summary>
    public int? Priority { get; init; }

    /// <summary>Not before this moment. Default now; excludes <c>delaySeconds</c>.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>Not before this long from now.</summary>
    public double? DelaySeconds { get; init; }

    /// <summary>How long one attempt may run. Default 3,600.</summary>
    public double? TimeoutSeconds { get; init; }

    public RetryTerms? Retry { get; init; }

    public PlacementTerms? Placement { get; init; }

    /// <summary>Two submits with one key are one task.</summary>
    public string? IdempotencyKey { get; init; }

    public string? CorrelationId { get; init; }

    /// <summary>Id of the task that asked for this one.</summary>
    public string? ParentId { get; init; }

    public string? User { get; init; }

    /// <summary>The client's own marks, for listing.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>How often and how soon a failed attempt is repeated. What is left out takes its default.</summary>
public sealed record RetryTerms
{
    /// <summary>Attempts in all, the first included. Default 3.</summary>
    public int? Attempts { get; init; }

    /// <summary>Wait after the first failed attempt. Default 1.</summary>
    public double? BackoffSeconds { get; init; }

    /// <summary>Each further wait is this many times the last. Default 2.</summary>
    public double? BackoffFactor { get; init; }

    /// <summary>No wait is longer. Default 300.</summary>
    public double? BackoffMaxSeconds { get; init; }

    /// <summary>Share of the wait that is random, 0 to 1. Default 0.2.</summary>
    public double? Jitter { get; init; }
}

/// <summary>Which nodes may run a task. What is left out rules nothing out.</summary>
public sealed record PlacementTerms
{
    /// <summary>Only this node.</summary>
    public string? Node { get; init; }

    /// <summary>This node when it is eligible and has room, else any.</summary>
    public string? PreferNode { get; init; }

    /// <summary>Never these nodes.</summary>
    public IReadOnlyList<string>? ExcludeNodes { get; init; }

    /// <summary>Only nodes that carry every one of these labels with this value.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
