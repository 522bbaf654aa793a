using System.Globalization;
using Npgsql;
using Silo.Core.Storage;

namespace Silo.Storage.Postgres.Opening;

/// <summary>Brings the schema to the version of this program.</summary>
internal static class Migration
{
    private const string Prepare = """
        CREATE SCHEMA IF NOT EXISTS silo;
        CREATE TABLE IF NOT EXISTS silo.schema_versions (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
        """;

    private static readonly IReadOnlyList<MigrationScript> Scripts = MigrationScript.LoadAll(typeof(Migration).Assembly);

    public static int Newest => Scripts[^1].Version;

    /// <summary>Applies what is missing, all of it or nothing. Programs that start together wait for each other here.</summary>
    /// <exception cref="StoreRefusedException">The schema is newer than this program; it was left as it is.</exception>
    public static void ApplyMissing(NpgsqlConnection connection, string database)
    {
        // A role that may use the schema and not make one can start a program whose schema is up to date.
        if (ReadVersion(connection) == Newest)
            return;

        using var transaction = connection.BeginTransaction();
        // Another program may be at it for long; the session's lock time-out is meant for rows.
        Run(connection, "SET LOCAL lock_timeout = 0");
        Run(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({AdvisoryLocks.Silo}, {AdvisoryLocks.Migrations})"));
        var version = ReadVersion(connection);
        if (version > Newest)
        {
            throw new StoreRefusedException(
                $"{database} has schema version {version}, this program knows up to {Newest}: a newer Silo wrote it. Start that one, or name another database.");
        }

        if (version == 0)
            Run(connection, Prepare);
        foreach (var script in Scripts.Where(script => script.Version > version))
        {
            Run(connection, script.Text);
            Run(connection, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO silo.schema_versions (version) VALUES ({script.Version})"));
        }

        transaction.Commit();
    }

    /// <summary>0 when there is no schema yet. Asks the catalog's tables: its functions answer from a cache that a lock of our own does not refresh.</summary>
    public static int ReadVersion(NpgsqlConnection connection)
    {
        using var exists = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'silo' AND tablename = 'schema_versions')", connection);
        if (exists.ExecuteScalar() is not true)
            return 0;

        using var newest = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM silo.schema_versions", connection);
        return (int)newest.ExecuteScalar()!;
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
