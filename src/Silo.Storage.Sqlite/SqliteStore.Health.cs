using Silo.Core.Storage;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite;

/// <content>Whether the disk takes writes.</content>
public sealed partial class SqliteStore : IStoreHealth
{
    /// <summary>The size of the row that is tried: a disk that has no more room than for a few bytes is as good as full.</summary>
    private const int TriedBytes = 65_536;

    /// <inheritdoc/>
    public async Task<bool> TakesWritesAsync(CancellationToken cancellationToken)
    {
        if (!_commits.LastFailed)
            return true;
        try
        {
            return await WriteAsync(rows: 1, Try, cancellationToken);
        }
        catch (Exception away) when (away is StoreUnavailableException or StoreUnknownException)
        {
            return false;
        }
    }

    /// <summary>No key is empty, so no task has this one.</summary>
    private static bool Try(WriteTransaction transaction)
    {
        transaction.Prepare("INSERT INTO idempotency_keys (key, id, number, fingerprint, expires_at) VALUES ('', x'', 0, zeroblob(?), 0)").Bind(TriedBytes).Run();
        transaction.Prepare("DELETE FROM idempotency_keys WHERE key = ''").Run();
        return true;
    }
}
