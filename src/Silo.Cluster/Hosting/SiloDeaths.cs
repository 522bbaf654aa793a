using System.Collections.Frozen;
using Silo.Core.Nodes;

namespace Silo.Cluster.Hosting;

/// <summary>Knows from the cluster's membership which nodes have died with their silos. A node of a silo names the life of that silo as its own.</summary>
/// <remarks>A silo that was only cut off is as good as dead: the cluster has expelled it, and the fence that follows keeps what it still runs from being recorded.</remarks>
internal sealed class SiloDeaths(IClusterMembershipService membership) : INodeWitness
{
    private volatile Reading _read = new(default, FrozenSet<string>.Empty);

    /// <summary>The name of one life of a silo: where it is reached, and since when.</summary>
    public static string InstanceOf(SiloAddress silo) => silo.ToParsableString();

    public bool HasEnded(NodeRegistration node)
    {
        var snapshot = membership.CurrentSnapshot;
        var read = _read;
        if (read.Version != snapshot.Version)
        {
            _read = read = new Reading(
                snapshot.Version,
                snapshot.Members.Values.Where(static member => member.Status == SiloStatus.Dead).Select(static member => InstanceOf(member.SiloAddress)).ToFrozenSet(StringComparer.Ordinal));
        }

        return read.Dead.Contains(node.Instance);
    }

    private sealed record Reading(MembershipVersion Version, FrozenSet<string> Dead);
}
