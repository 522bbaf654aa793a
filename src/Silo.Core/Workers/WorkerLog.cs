using Microsoft.Extensions.Logging;

namespace Silo.Core.Workers;

internal static partial class WorkerLog
{
    [LoggerMessage(1, LogLevel.Information, "Node {Node} has joined as incarnation {Incarnation} with {Slots} slots")]
    public static partial void Joined(ILogger logger, string node, long incarnation, int slots);

    [LoggerMessage(2, LogLevel.Warning, "Node {Node} cannot join: another living process has this name; it tries again until that one is silent for longer than the lease. Give this worker another name if both should run")]
    public static partial void NameInUse(ILogger logger, string node);

    [LoggerMessage(3, LogLevel.Warning, "Node {Node} gets no answer from its server and tries again: {Reason}")]
    public static partial void ContactLost(ILogger logger, string node, string reason);

    [LoggerMessage(4, LogLevel.Information, "Node {Node} is answered by its server again")]
    public static partial void ContactRegained(ILogger logger, string node);

    [LoggerMessage(5, LogLevel.Warning, "Node {Node} was declared dead: what incarnation {Incarnation} ran is cancelled and not reported, and the node joins again")]
    public static partial void Fenced(ILogger logger, string node, long incarnation);

    [LoggerMessage(6, LogLevel.Information, "Node {Node} tells a new server-side actor what it holds: {Held} tasks")]
    public static partial void Adopting(ILogger logger, string node, int held);

    [LoggerMessage(7, LogLevel.Warning, "Node {Node} asked for lease {Asked}, its server expects {Expected}")]
    public static partial void LeaseOutOfOrder(ILogger logger, string node, long asked, long expected);

    [LoggerMessage(8, LogLevel.Information, "Node {Node} has left in order")]
    public static partial void Left(ILogger logger, string node);

    [LoggerMessage(9, LogLevel.Warning, "Node {Node} stops without its server's answer; {Held} tasks without a recorded outcome will run again elsewhere")]
    public static partial void LeftUnanswered(ILogger logger, string node, int held);

    [LoggerMessage(10, LogLevel.Warning, "Task {Task}, attempt {Attempt}: its handler did not stop when it was told to; it keeps its slot until it returns")]
    public static partial void Orphaned(ILogger logger, string task, int attempt);

    [LoggerMessage(11, LogLevel.Debug, "Task {Task}, attempt {Attempt}: the handler threw after its end was decided")]
    public static partial void LateFailure(ILogger logger, Exception exception, string task, int attempt);

    [LoggerMessage(12, LogLevel.Error, "Task {Task}, attempt {Attempt}: what the handler had registered for its cancellation threw")]
    public static partial void CancellationFailed(ILogger logger, Exception exception, string task, int attempt);

    [LoggerMessage(13, LogLevel.Error, "Node {Node}: {Sent} reports got {Answered} answers; they are sent again")]
    public static partial void AnswersMissing(ILogger logger, string node, int sent, int answered);
}
