using Silo.Core.Engine;

namespace Silo.Core.Placement;

/// <summary>Any candidate, each as likely as the others.</summary>
internal sealed class RandomStrategy : IPlacementStrategy
{
    public string Name => "random";

    public IPlacer NewPlacer(IRandomSource random) => new Placer(random);

    private sealed class Placer(IRandomSource random) : IPlacer
    {
        public int Choose(IReadOnlyList<PlacementCandidate> candidates) => random.Next(candidates.Count);
    }
}
