using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Silo.Cluster.Client;
using Silo.Core.Storage;

namespace Silo.Cluster.States;

public static class PostgresStates
{
    /// <summary>Keeps what actors pass on to their next life, and what may be lost, in Orleans' grain storage on PostgreSQL.</summary>
    public static ISiloBuilder UsePostgresStates(this ISiloBuilder silo, ClusterAddress cluster)
    {
        silo.AddAdoNetGrainStorage(GrainStates.StorageName, storage =>
        {
            (storage.Invariant, storage.ConnectionString) = (ClusterAddress.InvariantName, cluster.OrleansConnectionString);
            storage.GrainStorageSerializer = new StateSerializer();
            storage.DeleteStateOnClear = true;
        });
        // The store may have one of its own, for programs without Orleans.
        silo.Services.Replace(ServiceDescriptor.Singleton<IActorStateStore, GrainStates>());
        // Who asked tells what failed, in a line; a conflict is no failure at all.
        silo.Services.AddLogging(static logging => logging.AddFilter(typeof(AdoNetGrainStorage).FullName, LogLevel.None));
        return silo;
    }
}
