using Silo.Core.Engine;

namespace Silo.Core.Placement;

/// <summary>The node with the fewest tasks; among equals the one chosen longest ago.</summary>
internal sealed class LeastTasksStrategy : IPlacementStrategy
{
    public string Name => "least-tasks";

    public IPlacer NewPlacer(IRandomSource random) => new Placer();

    private sealed class Placer : IPlacer
    {
        private readonly PerNode<long> _chosenAt = new();
        private long _choices;

        public int Choose(IReadOnlyList<PlacementCandidate> candidates)
        {
            var best = 0;
            for (var i = 1; i < candidates.Count; i++)
            {
                var fewer = candidates[i].Occupied.CompareTo(candidates[best].Occupied);
                if (fewer < 0 || (fewer == 0 && _chosenAt[candidates[i].Name] < _chosenAt[candidates[best].Name]))
                {
                    best = i;
                }
            }

            _chosenAt[candidates[best].Name] = ++_choices;
            return best;
        }
    }
}
