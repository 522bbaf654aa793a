using Npgsql;

namespace Silo.Cluster.Client;

/// <summary>Which cluster, and the database in which its silos find each other.</summary>
/// <param name="ClusterId">Silos and clients with the same id and database are one cluster.</param>
/// <param name="ConnectionString">Npgsql's form; the database that Silo's store has set up.</param>
public sealed record ClusterAddress(string ClusterId, string ConnectionString)
{
    /// <summary>How Orleans' ADO.NET packages call Npgsql.</summary>
    public const string InvariantName = "Npgsql";

    /// <summary>The few connections of Orleans' own providers: membership and grain storage. Their statements stand in Silo's schema, their times are UTC, and each connection says
    /// which format of messages its program speaks.</summary>
    public string OrleansConnectionString
    {
        get
        {
            var settings = new NpgsqlConnectionStringBuilder(ConnectionString) { SearchPath = "silo", Timezone = "UTC", ApplicationName = "silo membership", MaxPoolSize = 4 };
            settings.Options = $"{settings.Options} -c {MessageFormat.SessionSetting}={MessageFormat.Current}".TrimStart();
            return settings.ConnectionString;
        }
    }
}
