using Microsoft.Extensions.Logging;

namespace Silo.Gateway.Problems;

internal static partial class GatewayLog
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "{Method} {Path}: the store is unavailable: {Reason}")]
    public static partial void StoreUnavailable(ILogger logger, string method, string path, string reason);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "{Method} {Path}: the store's answer was lost: {Reason}")]
    public static partial void StoreUnknown(ILogger logger, string method, string path, string reason);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Warning, Message = "{Method} {Path}: no answer in time: {Reason}")]
    public static partial void Silent(ILogger logger, string method, string path, string reason);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Error, Message = "{Method} {Path}: failed")]
    public static partial void Failed(ILogger logger, string method, string path, Exception problem);

    [LoggerMessage(EventId = 4005, Level = LogLevel.Warning, Message = "The scheduler's view could not be read; types and queues are checked against the last one: {Reason}")]
    public static partial void SchedulerSilent(ILogger logger, string reason);

    [LoggerMessage(EventId = 4006, Level = LogLevel.Warning, Message = "The waiting tasks could not be counted; submits are let through on the last count: {Reason}")]
    public static partial void BacklogUnknown(ILogger logger, string reason);
}
