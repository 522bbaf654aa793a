using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Silo.Cluster.Placement;

/// <summary>Where it is kept which silo each grain of ours is active on.</summary>
internal static class ClusterDirectory
{
    public const string Name = "silo";

    /// <remarks>Each silo keeps a share of the directory. In Orleans' default one, a silo that dies takes with it the grains of its share, wherever they are active: the scheduler
    /// would begin anew, under a new epoch, because some other silo froze. This one rebuilds the lost share from the grains that live. It would let half a minute pass first, so that what is
    /// cut off has surely ended; the fence and the epoch in the store make that wait needless.</remarks>
    public static ISiloBuilder AddSiloDirectory(this ISiloBuilder silo)
    {
        silo.Services.Configure<GrainDirectoryOptions>(static directory => directory.RangeLeaseDuration = TimeSpan.Zero);
#pragma warning disable ORLEANSEXP003 // The one directory of Orleans' own that survives the end of a silo and needs no table; should its name change before it is final, this line does.
        return silo.AddDistributedGrainDirectory(Name);
#pragma warning restore ORLEANSEXP003
    }
}
