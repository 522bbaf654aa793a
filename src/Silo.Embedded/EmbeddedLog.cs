using Microsoft.Extensions.Logging;

namespace Silo.Embedded;

internal static partial class EmbeddedLog
{
    [LoggerMessage(1, LogLevel.Error, "The {Kind} '{Key}' did not stop in order.")]
    public static partial void StopFailed(ILogger logger, string kind, string key, Exception problem);

    [LoggerMessage(2, LogLevel.Error, "Dropping idle actors failed; it is tried again.")]
    public static partial void IdleCheckFailed(ILogger logger, Exception problem);
}
