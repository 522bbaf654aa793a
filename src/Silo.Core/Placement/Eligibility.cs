using Silo.Core.Nodes;

namespace Silo.Core.Placement;

/// <summary>Which nodes may run a task. Whether they have room is asked later, so a full primary node still keeps the task from a fallback.</summary>
internal static class Eligibility
{
    /// <summary>The nodes that may run tasks of this shape, in the order given: the primary ones or, while none of these accepts tasks, the fallback ones.</summary>
    public static IReadOnlyList<TNode> Among<TNode>(PlacementShape shape, IEnumerable<TNode> nodes)
        where TNode : IEligibleNode
    {
        var fitting = nodes.Where(node => node.Accepting && Fits(shape, node)).ToList();
        return fitting.Exists(node => node.Tier == NodeTier.Primary)
            ? fitting.FindAll(node => node.Tier == NodeTier.Primary)
            : fitting;
    }

    /// <summary>Whether the node could ever run tasks of this shape, should it accept any.</summary>
    public static bool Fits(PlacementShape shape, IEligibleNode node) =>
        node.Types.Contains(shape.Type)
        && (shape.RequiredNode is null || shape.RequiredNode == node.Name)
        && !shape.ExcludedNodes.Contains(node.Name)
        && shape.RequiredLabels.All(label => node.Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}
