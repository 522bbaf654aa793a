using Silo.Core.Engine;

namespace Silo.Core.Placement;

/// <summary>The next node by name after the one chosen last, which need not be a candidate any more.</summary>
internal sealed class RoundRobinStrategy : IPlacementStrategy
{
    public string Name => "round-robin";

    public IPlacer NewPlacer(IRandomSource random) => new Placer();

    private sealed class Placer : IPlacer
    {
        private string? _last;

        public int Choose(IReadOnlyList<PlacementCandidate> candidates)
        {
            var next = 0;
            while (next < candidates.Count && string.CompareOrdinal(candidates[next].Name, _last) <= 0)
            {
                next++;
            }

            next %= candidates.Count;
            _last = candidates[next].Name;
            return next;
        }
    }
}
