using Npgsql;

namespace Silo.Cluster.Client;

/// <summary>Which cluster, and the database in which its silos find each other.</summary>
/// <param name="ClusterId">Silos and clients with the same id and database are one cluster.</param>
/// <param name="ConnectionString">Npgsql's form; the database that Silo's store has set up.</param>
public sealed record ClusterAddress(string ClusterId, string ConnectionString)
{
    /// <summary>How Orleans' ADO.NET packages call Npgsql.</summary>
    public const string InvariantName = "Npgsql";

    /// <summary>The membership's own few connections. Its statements stand in Silo's schema, and its times are UTC.</summary>
    public string MembershipConnectionString => new NpgsqlConnectionStringBuilder(ConnectionString)
    {
        SearchPath = "silo",
        Timezone = "UTC",
        ApplicationName = "silo membership",
        MaxPoolSize = 4,
    }.ConnectionString;
}
