using Silo.Simulation.Kernel;

namespace Silo.Simulation.Checks;

/// <summary>The epochs under which each life of a node's actor took commands.</summary>
/// <remarks>By life, since one that was left behind in a paused server may still obey its scheduler: no worker listens to it any more.</remarks>
internal sealed class EpochLedger(SimWorld world)
{
    private readonly Dictionary<string, long> _newest = [];

    public void Applied(string node, string activation, long epoch)
    {
        var newest = _newest.GetValueOrDefault(activation);
        if (epoch < newest)
        {
            world.Fail("epochs seen by a node never fall", $"{node} applied commands of epoch {epoch} after {newest}");
        }

        _newest[activation] = Math.Max(newest, epoch);
    }
}
