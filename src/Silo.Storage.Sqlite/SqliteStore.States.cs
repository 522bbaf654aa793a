using Silo.Core.Storage;
using Silo.Storage.Sqlite.States;

namespace Silo.Storage.Sqlite;

/// <content>The store as actors use it for what may be lost.</content>
public sealed partial class SqliteStore : IActorStateStore
{
    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>?> ReadAsync(ActorStateKey key, CancellationToken cancellationToken) =>
        ReadAsync(session => ActorStateRows.Read(session, key), cancellationToken);

    /// <inheritdoc/>
    public Task WriteAsync(ActorStateKey key, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        key.Check(json);
        return WriteAsync(1, transaction => ActorStateRows.Write(transaction, key, json), cancellationToken);
    }
}
