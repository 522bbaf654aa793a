using Silo.Core.Nodes;

namespace Silo.Core.Placement;

/// <summary>A node as eligibility sees it.</summary>
internal interface IEligibleNode
{
    string Name { get; }

    /// <summary>The task types it has handlers for; a node without any runs nothing.</summary>
    IReadOnlySet<string> Types { get; }

    IReadOnlyDictionary<string, string> Labels { get; }

    NodeTier Tier { get; }

    /// <summary>Alive under a known incarnation, its inventory known, and not draining. Room is another matter.</summary>
    bool Accepting { get; }
}
