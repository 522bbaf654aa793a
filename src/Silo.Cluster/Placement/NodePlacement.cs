using Orleans.Placement;

namespace Silo.Cluster.Placement;

/// <summary>A node's grain lives on the silo of the same name, and nowhere else.</summary>
internal sealed class NodePlacement : PlacementStrategy;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class NodePlacementAttribute() : PlacementAttribute(new NodePlacement());
