namespace Silo.Contracts.Nodes;

/// <summary>What a worker says of itself when it joins; its name is in the path.</summary>
public sealed record RegisterRequest
{
    /// <summary>Names this life of the process.</summary>
    public required string Instance { get; init; }

    /// <summary>Tasks it runs at once, at least 1.</summary>
    public required int Slots { get; init; }

    /// <summary>Share under the <c>weighted</c> strategy; absent means from the latest load.</summary>
    public int? Weight { get; init; }

    /// <summary><c>primary</c> (default) or <c>fallback</c>.</summary>
    public string? Tier { get; init; }

    /// <summary>The task types it has handlers for.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>For people. Default <c>http</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>How often it will beat. Default 1.</summary>
    public double? BeatIntervalSeconds { get; init; }
}

public sealed record RegisterResponse
{
    /// <summary><c>ok</c>, <c>not_ready</c> or <c>name_in_use</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Names this life of the node in every further call.</summary>
    public long Incarnation { get; init; }

    public long Epoch { get; init; }

    /// <summary>A worker whose last answered beat was sent longer ago than this starts nothing.</summary>
    public double LeaseSeconds { get; init; }

    public double BeatIntervalSeconds { get; init; }
}
