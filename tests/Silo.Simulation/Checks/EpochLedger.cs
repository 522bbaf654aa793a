using Silo.Simulation.Kernel;

namespace Silo.Simulation.Checks;

/// <summary>The epochs under which nodes took commands.</summary>
internal sealed class EpochLedger(SimWorld world)
{
    private readonly Dictionary<string, long> _newest = [];

    public void Applied(string node, long epoch)
    {
        var newest = _newest.GetValueOrDefault(node);
        if (epoch < newest)
        {
            world.Fail("epochs seen by a node never fall", $"{node} applied commands of epoch {epoch} after {newest}");
        }

        _newest[node] = Math.Max(newest, epoch);
    }
}
