using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Gateway.Problems;

namespace Silo.Gateway.Overview;

/// <summary>The scheduler's snapshot, kept for a moment, so that checking the names in a submit costs no call each time.</summary>
internal sealed class SchedulerView(ISiloClient client, TimeProvider time, ILogger<SchedulerView> logger)
{
    /// <summary>How old a snapshot may be to be believed about what it has. What it lacks is always asked for again.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromSeconds(1);

    private volatile Reading? _last;

    /// <summary>Whether it cannot be said yet which queues and nodes there are: what is absent may only not have been read.</summary>
    public static bool IsStarting(SchedulerSnapshot snapshot) => snapshot is { Epoch: 0 } or { TakingOver: true };

    public async Task<SchedulerSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        var at = time.GetTimestamp();
        var snapshot = await client.ReadSnapshotAsync(cancellationToken);
        _last = new Reading(snapshot, at);
        return snapshot;
    }

    /// <returns>Null when the scheduler does not answer and never did: a submit must not depend on it more than needed.</returns>
    public async Task<SchedulerSnapshot?> ReadRecentAsync(bool fresh, CancellationToken cancellationToken)
    {
        var last = _last;
        if (!fresh && last is not null && time.GetElapsedTime(last.At) < Recent)
            return last.Snapshot;
        try
        {
            return await ReadAsync(cancellationToken);
        }
        catch (Exception problem) when (problem is TimeoutException or ActorUnavailableException or StoreUnavailableException or StoreUnknownException)
        {
            GatewayLog.SchedulerSilent(logger, StoreFailure.InOneLine(problem));
            return last?.Snapshot;
        }
    }

    private sealed record Reading(SchedulerSnapshot Snapshot, long At);
}
