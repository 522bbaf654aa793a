using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Silo.Cluster.Client;

namespace Silo.Cluster.Hosting;

/// <summary>How a silo is known to the others.</summary>
public sealed record SiloAddressing
{
    /// <summary>Its name, and that of its node.</summary>
    public required string Name { get; init; }

    /// <summary>Where the other silos reach it.</summary>
    public required IPAddress Advertised { get; init; }

    /// <summary>Between silos. Default 11111.</summary>
    public int SiloPort { get; init; } = 11_111;

    /// <summary>For clients of the Orleans SDK; 0 takes none. Default 30000.</summary>
    public int GatewayPort { get; init; } = 30_000;
}

public static class ClusterMembership
{
    /// <summary>Lets silos find each other, and clients find silos, in PostgreSQL.</summary>
    public static ISiloBuilder UsePostgresMembership(this ISiloBuilder silo, ClusterAddress cluster, SiloAddressing addressing)
    {
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.ClusterId, cluster.ClusterId));
        silo.Configure<SiloOptions>(options => options.SiloName = addressing.Name);
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.AdvertisedIPAddress = addressing.Advertised;
            (endpoints.SiloPort, endpoints.GatewayPort) = (addressing.SiloPort, addressing.GatewayPort);
            // A container is reached under an address that it does not have itself.
            if (!IPAddress.IsLoopback(addressing.Advertised))
            {
                endpoints.SiloListeningEndpoint = new IPEndPoint(IPAddress.Any, addressing.SiloPort);
                endpoints.GatewayListeningEndpoint = addressing.GatewayPort == 0 ? null : new IPEndPoint(IPAddress.Any, addressing.GatewayPort);
            }
        });
        return silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (ClusterAddress.InvariantName, cluster.OrleansConnectionString));
    }
}
