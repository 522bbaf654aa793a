using Microsoft.Extensions.Logging;

namespace Silo.Storage.Sqlite;

internal static partial class StoreLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Store open: {Path}, schema version {Version}.")]
    public static partial void Opened(ILogger logger, string path, int version);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Store closed: {Path}.")]
    public static partial void Closed(ILogger logger, string path);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "A commit to {Path} failed; its callers are told that the outcome is unknown: {Reason}")]
    public static partial void CommitFailed(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "The connection to {Path} failed before a commit and is opened anew: {Reason}")]
    public static partial void ConnectionSpoiled(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "The connection to {Path} was opened anew.")]
    public static partial void Reopened(ILogger logger, string path);

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "The connection to {Path} could not be opened anew; the next write tries again: {Reason}")]
    public static partial void ReopenFailed(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 7, Level = LogLevel.Error, Message = "A read of {Path} failed: {Reason}")]
    public static partial void ReaderFailed(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 8, Level = LogLevel.Critical, Message = "The store's writer met an error that it did not expect.")]
    public static partial void WriterFailed(ILogger logger, Exception error);
}
