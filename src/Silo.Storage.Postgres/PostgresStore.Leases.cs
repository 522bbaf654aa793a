using Silo.Core.Storage;

namespace Silo.Storage.Postgres;

/// <content>Several processes may use the database: a lease says which of them schedules.</content>
public sealed partial class PostgresStore : ISchedulerLeaseStore
{
    /// <inheritdoc/>
    public Task<SchedulerLease> HoldAsync(LeaseClaim claim, CancellationToken cancellationToken) => _leases.HoldAsync(claim, cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(string pool, string holder, CancellationToken cancellationToken) => _leases.ReleaseAsync(pool, holder, cancellationToken);
}
