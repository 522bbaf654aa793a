
namespace Silo.Core.Workers;

/// <summary>The bounds of a worker's conversation with its door. A call that is not answered in its time is taken for "unknown" and repeated.</summary>
internal static class WorkerLimits
{
    /// <summary>Requests with reports that wait for an answer at once; the rest is grouped meanwhile.</summary>
    public const int CompletesInFlightMax = 4;

    /// <summary>Results in one request; a single larger result goes alone.</summary>
    public const long CompleteResultBytesMax = 4 * 1024 * 1024;

    /// <summary>Log lines of one task in one progress request; older ones are dropped.</summary>
    public const int LogLinesMax = 100;

    public const int LogLineLengthMax = 1024;

    public static readonly TimeSpan LeaseWait = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan BeatAnswerTime = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);
    public static readonly TimeSpan BackoffMin = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(2);
}
