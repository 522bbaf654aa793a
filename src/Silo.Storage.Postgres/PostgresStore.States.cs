using Silo.Core.Storage;
using Silo.Storage.Postgres.States;

namespace Silo.Storage.Postgres;

/// <content>The store as actors use it for what may be lost, where no Orleans does.</content>
public sealed partial class PostgresStore : IActorStateStore
{
    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>?> ReadAsync(ActorStateKey key, CancellationToken cancellationToken) =>
        ReadAsync((connection, token) => ActorStateRows.ReadAsync(connection, key, token), cancellationToken);

    /// <inheritdoc/>
    public Task WriteAsync(ActorStateKey key, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        key.Check(json);
        return WriteAsync(transaction => ActorStateRows.WriteAsync(transaction, key, json), cancellationToken);
    }
}
