using Silo.Core.Storage;
using Silo.Storage.Sqlite.Sql;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.States;

internal static class ActorStateRows
{
    private const string Upsert = "INSERT INTO actor_states (kind, key, json) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET json = excluded.json";

    public static ReadOnlyMemory<byte>? Read(Session session, ActorStateKey key)
    {
        var row = session.Prepare("SELECT json FROM actor_states WHERE kind = ? AND key = ?").Bind(key.Kind).Bind(key.Key);
        return row.Step() ? new ReadOnlyMemory<byte>(row.ReadBlob()) : (ReadOnlyMemory<byte>?)null;
    }

    public static bool Write(WriteTransaction transaction, ActorStateKey key, ReadOnlyMemory<byte> json)
    {
        transaction.Prepare(Upsert).Bind(key.Kind).Bind(key.Key).BindBlob(json.Span).Run();
        return true;
    }
}
