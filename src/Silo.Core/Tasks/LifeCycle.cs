using Silo.Core.Engine;

namespace Silo.Core.Tasks;

/// <summary>What the end of one attempt means for its task.</summary>
internal static class LifeCycle
{
    /// <summary>Turns what a worker reported into the outcome to record.</summary>
    /// <param name="retry">The task's own policy; failures and time-outs are repeated while it allows another attempt.</param>
    /// <param name="startedAt">In the store's time, like the other two.</param>
    /// <param name="now">From here the wait for the next attempt counts.</param>
    /// <param name="queue">See <see cref="TaskOutcome.Queue"/>.</param>
    public static TaskOutcome Decide(
        ExecutionReport report, RetryPolicy retry, DateTimeOffset startedAt, DateTimeOffset finishedAt, DateTimeOffset now, IRandomSource random, string? queue = null)
    {
        var kind = KindOf(report, retry);
        return new TaskOutcome
        {
            Id = report.Id,
            Attempt = report.Attempt,
            Kind = kind,
            Queue = queue,
            Result = kind == OutcomeKind.Succeeded ? report.Result : default,
            Error = kind is OutcomeKind.Failed or OutcomeKind.Retry or OutcomeKind.Cancelled ? ErrorOf(report) : null,
            RunAt = kind == OutcomeKind.Retry ? DueTime.RoundUp(now + retry.DelayAfter(report.Attempt, random)) : default,
            StartedAt = startedAt,
            FinishedAt = finishedAt,
        };
    }

    private static OutcomeKind KindOf(ExecutionReport report, RetryPolicy retry) => report.End switch
    {
        // The handler would return the same again, so another attempt is no help.
        ExecutionEnd.Succeeded => IsTooLarge(report) ? OutcomeKind.Failed : OutcomeKind.Succeeded,
        ExecutionEnd.Failed or ExecutionEnd.TimedOut => report.Attempt < retry.AttemptsMax ? OutcomeKind.Retry : OutcomeKind.Failed,
        ExecutionEnd.FailedForGood => OutcomeKind.Failed,
        ExecutionEnd.Cancelled => OutcomeKind.Cancelled,
        ExecutionEnd.Released => OutcomeKind.Released,
        _ => throw new ArgumentOutOfRangeException(nameof(report), report.End, "No such end of an execution."),
    };

    private static bool IsTooLarge(ExecutionReport report) => report.Result.Length > TaskLimits.ResultBytesMax;

    private static TaskError? ErrorOf(ExecutionReport report) => report.End switch
    {
        ExecutionEnd.Succeeded => new TaskError(
            "result_too_large", $"The result has {report.Result.Length} bytes, at most {TaskLimits.ResultBytesMax} are kept: return a reference to it."),
        ExecutionEnd.TimedOut => Cut(report.Error) ?? new TaskError("timeout", "The attempt ran out of its time."),
        ExecutionEnd.Cancelled => Cut(report.Error),
        _ => Cut(report.Error) ?? new TaskError("handler_failed", "The handler failed and gave no reason."),
    };

    private static TaskError? Cut(TaskError? error) =>
        error is null ? null : new TaskError(Cut(error.Code, TaskLimits.NameLengthMax), Cut(error.Message, TaskLimits.ErrorMessageLengthMax));

    /// <summary>Half of a surrogate pair at the end would be no text that a store could keep.</summary>
    private static string Cut(string text, int lengthMax)
    {
        if (text.Length <= lengthMax)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[lengthMax - 1]) ? lengthMax - 1 : lengthMax)];
    }
}
