using Silo.Core.Engine;

namespace Silo.Core.Placement;

/// <summary>Shares by weight, evenly interleaved: the smooth weighted round robin of nginx.</summary>
/// <remarks>At every choice each candidate earns its weight, the richest is chosen, and pays what all earned together.</remarks>
internal sealed class WeightedStrategy : IPlacementStrategy
{
    public string Name => "weighted";

    public IPlacer NewPlacer(IRandomSource random) => new Placer();

    private sealed class Placer : IPlacer
    {
        private readonly PerNode<double> _credit = new();

        public int Choose(IReadOnlyList<PlacementCandidate> candidates)
        {
            var (best, bestCredit, earned) = (0, double.NegativeInfinity, 0.0);
            for (var i = 0; i < candidates.Count; i++)
            {
                var credit = _credit[candidates[i].Name] += candidates[i].Weight;
                earned += candidates[i].Weight;
                if (credit > bestCredit)
                {
                    (best, bestCredit) = (i, credit);
                }
            }

            _credit[candidates[best].Name] -= earned;
            return best;
        }
    }
}
