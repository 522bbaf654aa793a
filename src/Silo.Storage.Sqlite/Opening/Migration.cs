using System.Globalization;
using Microsoft.Data.Sqlite;
using Silo.Core.Storage;

namespace Silo.Storage.Sqlite.Opening;

/// <summary>Brings the schema to the version of this program.</summary>
internal static class Migration
{
    private static readonly IReadOnlyList<MigrationScript> Scripts = MigrationScript.LoadAll(typeof(Migration).Assembly);

    public static int Newest => Scripts[^1].Version;

    /// <summary>Applies what is missing, each script in a transaction of its own with the version it leads to.</summary>
    public static void ApplyMissing(SqliteConnection connection, int applicationId)
    {
        var version = Convert.ToInt32(Scalar(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        foreach (var script in Scripts.Where(script => script.Version > version))
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            // The application id and the version live in the file's first page, so they commit with the tables.
            command.CommandText = $"{script.Text}\nPRAGMA application_id = {applicationId}; PRAGMA user_version = {script.Version};";
            command.ExecuteNonQuery();
            transaction.Commit();
        }
    }

    public static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
