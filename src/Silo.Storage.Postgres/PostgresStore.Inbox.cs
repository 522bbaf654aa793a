using Silo.Core.Storage;

namespace Silo.Storage.Postgres;

/// <content>Programs in any language enqueue in SQL, inside their own transactions.</content>
public sealed partial class PostgresStore : IStoreInbox
{
    /// <inheritdoc/>
    public Task<InboxBatch> TakeAsync(CancellationToken cancellationToken) => _inbox.TakeAsync(cancellationToken);
}
