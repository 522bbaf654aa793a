using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Tasks;

/// <summary>What is kept of a key: which task it made, and what that was asked to be.</summary>
internal sealed record KeptKey(TaskId Id, long Number, byte[] Fingerprint)
{
    public InsertKind Judge(TaskId id, byte[] fingerprint)
    {
        if (id == Id)
        {
            return InsertKind.Inserted;
        }

        return Fingerprint.AsSpan().SequenceEqual(fingerprint) ? InsertKind.Duplicate : InsertKind.KeyConflict;
    }
}

/// <summary>The table of idempotency keys. Rows leave it by their age alone, not with their tasks.</summary>
internal static class IdempotencyKeys
{
    /// <summary>Null when the key is free or its lifetime is over.</summary>
    public static KeptKey? Find(WriteTransaction transaction, string key)
    {
        var row = transaction.Prepare("SELECT id, number, fingerprint FROM idempotency_keys WHERE key = ? AND expires_at > ?").Bind(key).Bind(transaction.Now);
        return row.Step() ? new KeptKey(row.ReadId(), row.ReadInt64(), row.ReadBlob()) : null;
    }

    public static void Save(WriteTransaction transaction, string key, InsertAnswer made, byte[] fingerprint, TimeSpan lifetime) =>
        transaction.Prepare("INSERT OR REPLACE INTO idempotency_keys (key, id, number, fingerprint, expires_at) VALUES (?, ?, ?, ?, ?)")
            .Bind(key).Bind(made.Id).Bind(made.Number).BindBlob(fingerprint).Bind(transaction.Now + lifetime).Run();

    public static void DeleteExpired(WriteTransaction transaction, int limit) =>
        transaction.Prepare("DELETE FROM idempotency_keys WHERE key IN (SELECT key FROM idempotency_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)")
            .Bind(transaction.Now).Bind(limit).Run();
}
