using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Storage;

namespace Silo.Core.Clients;

/// <summary>Takes in what other programs put into the store, and tells the scheduler. Where the store has no such way in, it does nothing.</summary>
public sealed class InboxPump(IStoreInbox? inbox, SiloClient client, ISchedulerSuccession succession, string pool, TimeProvider time, ILogger<InboxPump> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Runs until stopped. While another process schedules the pool, what arrives is left to it.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (inbox is not null)
            {
                if (!await TryTakeAsync(inbox, stopping))
                    await Task.Delay(Pause, time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped: what arrives waits in the store for whoever comes next.
        }
    }

    private async Task<bool> TryTakeAsync(IStoreInbox inbox, CancellationToken stopping)
    {
        try
        {
            await succession.WhenOursAsync(pool, stopping);
            var batch = await inbox.TakeAsync(stopping);
            await client.AnnounceAsync(batch, stopping);
            return true;
        }
        catch (Exception failure) when (failure is StoreUnavailableException or StoreUnknownException)
        {
            SiloClientLog.InboxAway(logger, Pause, StoreFailure.InOneLine(failure));
            return false;
        }
    }
}
