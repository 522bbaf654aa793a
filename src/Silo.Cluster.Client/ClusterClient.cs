using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Silo.Core.Engine;

namespace Silo.Cluster.Client;

public static class ClusterClient
{
    /// <summary>Makes this Orleans client one of a Silo cluster: it finds the silos through their database, and has a <see cref="SiloClusterClient"/>,
    /// and their scheduler, nodes and tasks as an <see cref="IActors"/>.</summary>
    public static IClientBuilder AddSiloCluster(this IClientBuilder client, ClusterAddress cluster)
    {
        client.Services.AddSiloMessages();
        client.Services.TryAddSingleton<IActors, ClusterActors>();
        client.Services.TryAddSingleton(TimeProvider.System);
        client.Services.TryAddSingleton<SiloClusterClient>();
        client.Services.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.ClusterId, cluster.ClusterId));
        return client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (ClusterAddress.InvariantName, cluster.OrleansConnectionString));
    }
}
