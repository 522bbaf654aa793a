using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Storage;

namespace Silo.Embedded.Leadership;

/// <summary>Holds the lease by which one of several processes over a store schedules the pool; the others stand by, and one of them takes over when it lapses.</summary>
/// <param name="store">Null for a store that one process only can open: then this process is the one to schedule.</param>
/// <param name="pool">What is scheduled.</param>
/// <param name="holder">The name of this process, which no other ever has.</param>
internal sealed partial class SchedulerLeaseKeeper(ISchedulerLeaseStore? store, string pool, string holder, TimeProvider time, ILogger logger) : IStandby, IAsyncDisposable
{
    /// <summary>Without a renewal for so long, in the store's time, the lease is another's to take.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    /// <summary>How often the holder renews and the others look: several renewals may be late before the lease lapses.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _renewing = Task.CompletedTask;
    private int _ended;
    private long _heldAt;
    private volatile bool _held;
    private volatile bool _cannotWrite;
    private volatile string? _elsewhere;

    /// <inheritdoc/>
    public string? ActiveElsewhere => _elsewhere;

    /// <inheritdoc/>
    public bool CannotWrite => _cannotWrite;

    /// <summary>Renews the lease, whenever it is held, until stopped.</summary>
    /// <param name="onLostAsync">Another process has taken over.</param>
    public void Start(Func<Task> onLostAsync) => _renewing = store is null ? Task.CompletedTask : RenewAsync(store, onLostAsync);

    /// <summary>Waits until the lease is this process's; asks the store unless it has said so within the last <see cref="Interval"/>.</summary>
    /// <exception cref="StoreUnavailableException">The store is away: what was watched until now says nothing any more.</exception>
    public async Task WhenHeldAsync(CancellationToken cancellationToken)
    {
        var (seen, looks) = (0L, 0);
        // A clock that goes on while the process is paused: a lease that was lost meanwhile is never taken for held.
        while (store is not null && !(_held && time.GetElapsedTime(Volatile.Read(ref _heldAt)) < Interval))
        {
            // Looks are counted and not time: while the store stands still, its holder cannot renew either.
            var watched = looks * Interval > Length ? seen : (long?)null;
            var lease = await store.HoldAsync(new LeaseClaim(pool, holder, Length, watched), cancellationToken);
            Note(lease);
            if (lease.Held)
            {
                return;
            }

            (seen, looks) = lease.Renewals == seen ? (seen, looks + 1) : (lease.Renewals, 1);
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>Ends the renewals and gives the lease back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _renewing;
        if (_held && store is not null)
        {
            _held = false;
            try
            {
                await store.ReleaseAsync(pool, holder, CancellationToken.None);
            }
            catch (Exception away) when (away is StoreUnavailableException or StoreUnknownException)
            {
                LogNotReleased(logger, away, Length);
            }
        }

        _stopping.Dispose();
    }

    private async Task RenewAsync(ISchedulerLeaseStore leases, Func<Task> onLostAsync)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, _stopping.Token);
                if (_held && await TryRenewAsync(leases) is { Held: false } lost)
                {
                    Note(lost);
                    await onLostAsync();
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped: what is held is given back.
        }
    }

    private async Task<SchedulerLease?> TryRenewAsync(ISchedulerLeaseStore leases)
    {
        try
        {
            var lease = await leases.HoldAsync(new LeaseClaim(pool, holder, Length, Watched: null), _stopping.Token);
            if (lease.Held)
                Note(lease);
            return lease;
        }
        catch (Exception away) when (away is StoreUnavailableException or StoreUnknownException)
        {
            _cannotWrite = true;
            LogNotRenewed(logger, away);
            return null;
        }
    }

    private void Note(SchedulerLease lease)
    {
        var elsewhere = lease.Held ? null : lease.Holder;
        if (lease.Held && _elsewhere is { } before)
            LogTakenOver(logger, before, pool);
        else if (elsewhere is not null && _held)
            LogLost(logger, elsewhere, pool);
        else if (elsewhere is not null && elsewhere != _elsewhere)
            LogStandsBy(logger, elsewhere, pool);
        Volatile.Write(ref _heldAt, time.GetTimestamp());
        (_held, _elsewhere, _cannotWrite) = (lease.Held, elsewhere, false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This process stands by: {Holder} schedules pool {Pool}. It takes over when that one stops or is silent.")]
    private static partial void LogStandsBy(ILogger logger, string holder, string pool);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This process takes over from {Holder}, which let its lease on pool {Pool} go.")]
    private static partial void LogTakenOver(ILogger logger, string holder, string pool);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Holder} has taken over pool {Pool} while this process was silent; it stands by now.")]
    private static partial void LogLost(ILogger logger, string holder, string pool);

    [LoggerMessage(Level = LogLevel.Information, Message = "The lease to schedule could not be renewed; it is tried again.")]
    private static partial void LogNotRenewed(ILogger logger, Exception away);

    [LoggerMessage(Level = LogLevel.Information, Message = "The lease to schedule could not be given back; others wait {Length} for its end.")]
    private static partial void LogNotReleased(ILogger logger, Exception away, TimeSpan length);
}
