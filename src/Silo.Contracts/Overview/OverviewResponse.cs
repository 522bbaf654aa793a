using Silo.Contracts.Nodes;
using Silo.Contracts.Queues;

namespace Silo.Contracts.Overview;

/// <summary>Everything at a glance.</summary>
public sealed record OverviewResponse
{
    /// <summary>The store's time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Number of the scheduler that acts; 0 for none.</summary>
    public required long Epoch { get; init; }

    /// <summary>True while a new scheduler asks the nodes what they hold.</summary>
    public required bool TakingOver { get; init; }

    public required StateCounts Counts { get; init; }

    public required IReadOnlyList<QueueResponse> Queues { get; init; }

    public required IReadOnlyList<NodeResponse> Nodes { get; init; }
}

/// <param name="Name">Always <c>silo</c>.</param>
/// <param name="Api">Path of the API.</param>
/// <param name="Health">Path of the readiness check.</param>
public sealed record ApiRoot(string Name, string Api, string Health);

/// <param name="Status"><c>ok</c>.</param>
/// <param name="Epoch">Number of the scheduler that acts, for readiness.</param>
public sealed record HealthResponse(string Status, long? Epoch = null);

/// <summary>For calls that take nothing: no body, or an empty object.</summary>
public sealed record EmptyRequest;
