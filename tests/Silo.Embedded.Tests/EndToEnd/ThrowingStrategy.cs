using Silo.Core.Engine;
using Silo.Core.Placement;

namespace Silo.Embedded.Tests.EndToEnd;

/// <summary>A strategy as somebody might write it: it throws at its first choice.</summary>
internal sealed class ThrowingStrategy : IPlacementStrategy, IPlacer
{
    public string Name => "throwing";

    public IPlacer NewPlacer(IRandomSource random) => this;

    public int Choose(IReadOnlyList<PlacementCandidate> candidates) => throw new InvalidOperationException("This strategy never chooses.");
}
