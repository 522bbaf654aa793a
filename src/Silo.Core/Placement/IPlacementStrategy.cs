using Silo.Core.Engine;

namespace Silo.Core.Placement;

/// <summary>A way to choose among nodes, known by name. Each queue has a placer of its own.</summary>
public interface IPlacementStrategy
{
    /// <summary>The name it is configured by: lower case, dashes.</summary>
    string Name { get; }

    IPlacer NewPlacer(IRandomSource random);
}

/// <summary>Chooses a node for one task after another; may remember what it chose.</summary>
public interface IPlacer
{
    /// <summary>Returns the index of the chosen candidate.</summary>
    /// <param name="candidates">Eligible nodes with room, in order of name; never empty.</param>
    int Choose(IReadOnlyList<PlacementCandidate> candidates);
}

/// <summary>A node as a strategy sees it.</summary>
/// <param name="Name">The node.</param>
/// <param name="Slots">Tasks it runs at once.</param>
/// <param name="Occupied">Tasks sent there and not yet freed.</param>
/// <param name="Weight">Given or from its load; above zero.</param>
public readonly record struct PlacementCandidate(string Name, int Slots, int Occupied, double Weight);
