using Silo.Core.Engine;
using Silo.Core.Placement;

namespace Silo.Examples;

/// <summary>A placement strategy of one's own: the node with the most free slots. Where least-tasks fills small and big nodes alike, this one fills big ones first.</summary>
/// <remarks>
/// Register it where the host is built, <c>services.AddPlacementStrategy&lt;MostFreeSlotsStrategy&gt;()</c>, and give its name to a queue. Eligibility, room and the
/// task's preferred node are settled before a placer is asked.
/// </remarks>
internal sealed class MostFreeSlotsStrategy : IPlacementStrategy
{
    public string Name => "most-free-slots";

    public IPlacer NewPlacer(IRandomSource random) => new Placer(random);

    private sealed class Placer(IRandomSource random) : IPlacer
    {
        public int Choose(IReadOnlyList<PlacementCandidate> candidates)
        {
            var most = candidates.Max(Free);
            var best = Enumerable.Range(0, candidates.Count).Where(i => Free(candidates[i]) == most).ToList();
            return best[random.Next(best.Count)];
        }

        private static int Free(PlacementCandidate node) => node.Slots - node.Occupied;
    }
}
