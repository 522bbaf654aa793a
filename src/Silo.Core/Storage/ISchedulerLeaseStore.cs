namespace Silo.Core.Storage;

/// <summary>A store that several processes may use at once, as they settle which of them schedules a pool: by a lease, in the store's time.</summary>
/// <remarks>The lease keeps schedulers from replacing each other in turn. What keeps two of them from acting side by side is the epoch.</remarks>
public interface ISchedulerLeaseStore
{
    /// <summary>Takes the lease when it is free, renews it when it is the caller's. Another's is taken only when it has lapsed and stands where the caller watched it stand.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was taken.</exception>
    /// <exception cref="StoreUnknownException">It may have been taken: ask again.</exception>
    Task<SchedulerLease> HoldAsync(LeaseClaim claim, CancellationToken cancellationToken);

    /// <summary>Gives the lease back, so that nobody has to wait for its end; does nothing when it is not the holder's.</summary>
    Task ReleaseAsync(string pool, string holder, CancellationToken cancellationToken);
}

/// <param name="Pool">What is to be scheduled.</param>
/// <param name="Holder">The claimant; a name that no other process ever has.</param>
/// <param name="Length">How long the lease is to last from now on.</param>
/// <param name="Watched">The renewal at which the caller has seen another's lease stand still for its whole length, while the store answered; null while it has not.</param>
public sealed record LeaseClaim(string Pool, string Holder, TimeSpan Length, long? Watched);

/// <param name="Held">Whether it is the claimant's now.</param>
/// <param name="Holder">Whose it is.</param>
/// <param name="Renewals">Grows with every renewal and every change of holder.</param>
public sealed record SchedulerLease(bool Held, string Holder, long Renewals);
