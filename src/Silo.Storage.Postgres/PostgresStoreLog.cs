using Microsoft.Extensions.Logging;

namespace Silo.Storage.Postgres;

internal static partial class PostgresStoreLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Store open: {Place}, schema version {Version}.")]
    public static partial void Opened(ILogger logger, string place, int version);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Store closed: {Place}.")]
    public static partial void Closed(ILogger logger, string place);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "The connection of lane {Lane} was lost before an answer; the same {Operations} calls are sent again.")]
    public static partial void Resending(ILogger logger, string lane, int operations, Exception error);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "{Operations} calls of lane {Lane} could not be resolved; their callers are told that the outcome is unknown.")]
    public static partial void Unresolved(ILogger logger, string lane, int operations, Exception error);

    [LoggerMessage(EventId = 5, Level = LogLevel.Critical, Message = "Lane {Lane} met an error that it did not expect.")]
    public static partial void LaneFailed(ILogger logger, string lane, Exception error);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "The counters were not folded; the next try is in {Wait}.")]
    public static partial void FoldFailed(ILogger logger, TimeSpan wait, Exception error);

    [LoggerMessage(EventId = 7, Level = LogLevel.Error, Message = "A row of silo.inbox cannot become a task and was deleted. silo.enqueue makes no such row: {Row}")]
    public static partial void InboxRowRefused(ILogger logger, string row, Exception error);
}
