using Orleans.Runtime.Placement;
using Silo.Core.Engine;

namespace Silo.Cluster.Placement;

/// <summary>Finds the silo that a node's grain belongs to by its name.</summary>
internal sealed class NodePlacementDirector(IClusterMembershipService membership) : IPlacementDirector
{
    /// <exception cref="ActorUnavailableException">The name is that of a silo, and no silo of that name is active. Elsewhere the grain would be a door without a worker behind it.</exception>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var name = target.GrainIdentity.Key.ToString()!;
        var compatible = context.GetCompatibleSilos(target);
        var isSilo = false;
        foreach (var member in membership.CurrentSnapshot.Members.Values)
        {
            if (member.Name != name)
            {
                continue;
            }

            isSilo = true;
            if (member.Status == SiloStatus.Active && compatible.Contains(member.SiloAddress))
            {
                return Task.FromResult(member.SiloAddress);
            }
        }

        if (isSilo)
        {
            throw new ActorUnavailableException($"Node '{name}' is a silo that is not active now: its tasks run elsewhere once the scheduler has declared it dead, and it joins again when it is back.");
        }

        // A worker that joined over HTTP: the silo that it called is as good as any, and near.
        return Task.FromResult(compatible.Contains(context.LocalSilo) ? context.LocalSilo : compatible[0]);
    }
}
