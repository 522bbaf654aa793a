using Microsoft.Extensions.Logging;

namespace Silo.Cluster.Hosting;

internal static partial class ClusterLog
{
    [LoggerMessage(1, LogLevel.Warning, "The scheduler of pool '{Pool}' does not answer; it is called again in a moment.")]
    public static partial void SchedulerSilent(ILogger logger, string pool, Exception problem);

    [LoggerMessage(2, LogLevel.Error, "This silo has no place in the cluster any more: {Reason}")]
    public static partial void Expelled(ILogger logger, string reason, Exception? problem);
}
