namespace Silo.Core.Tasks;

/// <summary>Which nodes may run a task. Null and empty parts rule nothing out.</summary>
public sealed record PlacementRule
{
    public static readonly PlacementRule Anywhere = new();

    /// <summary>Only this node.</summary>
    public string? RequiredNode { get; init; }

    /// <summary>This node when it is eligible and has room, else any.</summary>
    public string? PreferredNode { get; init; }

    /// <summary>Never these nodes.</summary>
    public IReadOnlyList<string>? ExcludedNodes { get; init; }

    /// <summary>Only nodes that carry every one of these labels with this value.</summary>
    public IReadOnlyDictionary<string, string>? RequiredLabels { get; init; }
}
