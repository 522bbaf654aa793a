using Microsoft.Extensions.Logging;

namespace Silo.Core.Storage;

/// <summary>Deletes what has been finished for long, in small writes, with a breath between them for everybody else.</summary>
public sealed partial class Retention(RetentionOptions options, ITaskStore store, StoreClock clock, TimeProvider time, ILogger<Retention> logger)
{
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var deleted = await TryPruneAsync(stopping);
                await Task.Delay(deleted == options.BatchTasks ? Breath : options.Every, time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped: what is left to delete waits for the next start.
        }
    }

    private async Task<int> TryPruneAsync(CancellationToken stopping)
    {
        try
        {
            var deleted = await store.PruneAsync(clock.LowerBound - options.KeepFor, options.BatchTasks, stopping);
            if (deleted > 0)
                LogDeleted(logger, deleted, options.KeepFor);
            return deleted;
        }
        catch (Exception failure) when (failure is StoreUnavailableException or StoreUnknownException)
        {
            LogStoreAway(logger, options.Every, StoreFailure.InOneLine(failure));
            return 0;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Count} tasks that had been finished for over {KeepFor} are deleted.")]
    private static partial void LogDeleted(ILogger logger, int count, TimeSpan keepFor);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Finished tasks could not be deleted; the next look is in {Wait}: {Reason}")]
    private static partial void LogStoreAway(ILogger logger, TimeSpan wait, string reason);
}
