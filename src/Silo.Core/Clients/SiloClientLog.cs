using Microsoft.Extensions.Logging;

namespace Silo.Core.Clients;

internal static partial class SiloClientLog
{
    [LoggerMessage(1, LogLevel.Warning, "The scheduler is behind by {Tasks} tasks; it will look for them in the store instead of being told.")]
    public static partial void NoticesDropped(ILogger logger, int tasks);

    [LoggerMessage(2, LogLevel.Debug, "The scheduler did not acknowledge the {Message}; it is sent again.")]
    public static partial void NotAcknowledged(ILogger logger, string message, Exception problem);

    [LoggerMessage(3, LogLevel.Error, "Telling the scheduler failed; it finds the tasks by its sweep.")]
    public static partial void SenderFailed(ILogger logger, Exception problem);

    [LoggerMessage(4, LogLevel.Warning, "The commit of {Tasks} tasks is unknown; the same ids are sent again: {Reason}")]
    public static partial void InsertUnknown(ILogger logger, int tasks, string reason);

    [LoggerMessage(5, LogLevel.Warning, "What other programs enqueued could not be taken in; the next try is in {Wait}: {Reason}")]
    public static partial void InboxAway(ILogger logger, TimeSpan wait, string reason);
}
