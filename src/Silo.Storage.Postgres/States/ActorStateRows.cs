using Npgsql;
using Silo.Core.Storage;
using Silo.Storage.Postgres.Sql;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres.States;

/// <summary>The states of a program without Orleans; those of a cluster's actors are written by Orleans into the same table.</summary>
internal static class ActorStateRows
{
    private const string Upsert = """
        INSERT INTO silo.actor_states AS present (service, kind, key_n0, key_n1, key, version, json) VALUES ('', $1, 0, 0, $2, 1, $3)
        ON CONFLICT (service, kind, key_n0, key_n1, key) DO UPDATE SET json = excluded.json, version = present.version + 1
        """;

    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(NpgsqlConnection connection, ActorStateKey key, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement(
            "SELECT json FROM silo.actor_states WHERE service = '' AND kind = $1 AND key_n0 = 0 AND key_n1 = 0 AND key = $2", Parameters.Of(key.Kind), Parameters.Of(key.Key));
        var rows = await command.ReadAllAsync(static row => new ReadOnlyMemory<byte>(row.ReadBlob()), cancellationToken);
        return rows is [var json] ? json : (ReadOnlyMemory<byte>?)null;
    }

    public static Task<int> WriteAsync(WriteTransaction transaction, ActorStateKey key, ReadOnlyMemory<byte> json) =>
        transaction.RunAsync(Upsert, Parameters.Of(key.Kind), Parameters.Of(key.Key), Parameters.Of(json));
}
