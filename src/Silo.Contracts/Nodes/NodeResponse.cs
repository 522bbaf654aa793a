namespace Silo.Contracts.Nodes;

/// <summary>A node as the scheduler sees it.</summary>
public sealed record NodeResponse
{
    public required string Name { get; init; }

    /// <summary>Which life of the node this is; grows whenever it registers or is declared dead.</summary>
    public required long Incarnation { get; init; }

    public required bool Alive { get; init; }

    public required bool Draining { get; init; }

    /// <summary>Tasks it runs at once.</summary>
    public required int Slots { get; init; }

    /// <summary>Tasks sent there and not yet freed.</summary>
    public required int Occupied { get; init; }

    /// <summary>Handlers that ran at its last beat.</summary>
    public required int Running { get; init; }

    /// <summary>The weight in force, given or from its load.</summary>
    public required double Weight { get; init; }

    /// <summary><c>primary</c> or <c>fallback</c>.</summary>
    public required string Tier { get; init; }

    /// <summary><c>http</c> or <c>local</c>.</summary>
    public required string Kind { get; init; }

    public required IReadOnlyList<string> Types { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public LoadPart? Load { get; init; }

    /// <summary>Tasks placed on it since the scheduler took over.</summary>
    public required long Placed { get; init; }

    /// <summary>Time since its last beat.</summary>
    public required double SilenceSeconds { get; init; }

    /// <summary>When it left or was declared dead; absent while it lives.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <param name="CpuPercent">0 to 100, of all cores.</param>
/// <param name="MemoryPercent">0 to 100.</param>
public sealed record LoadPart(double CpuPercent, double MemoryPercent);

/// <param name="Nodes">In order of name, dead ones included.</param>
public sealed record NodeListResponse(IReadOnlyList<NodeResponse> Nodes);
