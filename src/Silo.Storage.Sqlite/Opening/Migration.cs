using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Silo.Storage.Sqlite.Opening;

/// <summary>A numbered script that brings the schema from the version before to this one.</summary>
internal sealed record Migration(int Version, string Script)
{
    private const string Folder = "Migrations/";

    /// <summary>Every script of this program, in order.</summary>
    public static readonly IReadOnlyList<Migration> All = Load();

    public static int Newest => All[^1].Version;

    /// <summary>Applies what is missing, each script in a transaction of its own with the version it leads to.</summary>
    public static void ApplyMissing(SqliteConnection connection, int applicationId)
    {
        var version = Convert.ToInt32(Scalar(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        foreach (var migration in All.Where(migration => migration.Version > version))
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            // The application id and the version live in the file's first page, so they commit with the tables.
            command.CommandText = $"{migration.Script}\nPRAGMA application_id = {applicationId}; PRAGMA user_version = {migration.Version};";
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

    private static Migration[] Load()
    {
        var assembly = typeof(Migration).Assembly;
        var migrations = assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Select(Read)
            .OrderBy(migration => migration.Version).ToArray();
        for (var index = 0; index < migrations.Length; index++)
        {
            if (migrations[index].Version != index + 1)
            {
                throw new InvalidOperationException($"Migration {index + 1} is missing or there twice: scripts are numbered from 0001 without gaps.");
            }
        }

        return migrations;

        Migration Read(string name)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var number = name[Folder.Length..].Split('_')[0];
            return new Migration(int.Parse(number, CultureInfo.InvariantCulture), reader.ReadToEnd());
        }
    }
}
