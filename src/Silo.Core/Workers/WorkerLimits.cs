using Silo.Core.Nodes;


namespace Silo.Core.Workers;

/// <summary>The bounds of a worker's conversation with its door. A call that is not answered in its time is taken for "unknown" and repeated.</summary>
internal static class WorkerLimits
{
    /// <summary>Requests with reports that wait for an answer at once; the rest is grouped meanwhile.</summary>
    public const int CompletesInFlightMax = 4;

    /// <summary>Results in one request; a single larger result goes alone.</summary>
    public const long CompleteResultBytesMax = 4 * 1024 * 1024;

    public const int LogLineLengthMax = 1024;

    /// <summary>Characters of messages and log lines, over all tasks, that wait for the next progress request: about 2 MB of memory, and below a request's limit on the wire. Beyond it
    /// a task's own oldest lines are dropped and counted, and a new message is left out.</summary>
    public const int ProgressCharactersMax = 1_000_000;

    /// <summary>Attempts in one progress request; what others say meanwhile is dropped.</summary>
    public const int ProgressItemsMax = NodeLimits.SlotsMax;

    public static readonly TimeSpan LeaseWait = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan BeatAnswerTime = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);
    public static readonly TimeSpan BackoffMin = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(2);
}
