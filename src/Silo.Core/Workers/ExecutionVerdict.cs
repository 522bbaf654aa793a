using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Tasks;

namespace Silo.Core.Workers;

/// <summary>What a run's end means.</summary>
internal static class ExecutionVerdict
{
    /// <summary>The handler has returned or thrown.</summary>
    public static ExecutionReport OfReturn(Execution execution, TimeSpan ran) => execution.Failure switch
    {
        null when execution.Result.Length > TaskLimits.ResultBytesMax => Make(execution, ExecutionEnd.FailedForGood, ran,
            Error("result_too_big", $"The result has {execution.Result.Length} bytes, more than the {TaskLimits.ResultBytesMax} allowed: store it elsewhere and return a reference.")),
        null => Make(execution, ExecutionEnd.Succeeded, ran, result: execution.Result),
        OperationCanceledException when execution.StopRequested && execution.Cause != StopCause.None => Make(execution, EndOf(execution.Cause), ran),
        TaskFailedException designed => Make(execution, designed.Retry ? ExecutionEnd.Failed : ExecutionEnd.FailedForGood, ran, Error(designed.Code, designed.Message)),
        var failure => Make(execution, ExecutionEnd.Failed, ran, Error("handler_failed", $"{failure.GetType().Name}: {failure.Message}")),
    };

    /// <summary>The handler is still running at the time its end is due.</summary>
    public static ExecutionReport OfDeadline(Execution execution, TimeSpan now)
    {
        var ran = now - execution.StartedAt;
        var timedOut = execution.Cause == StopCause.None || (execution.Cause == StopCause.Release && now >= execution.TimesOutAt);
        return timedOut
            ? Make(execution, ExecutionEnd.TimedOut, ran, Error("timeout", $"The attempt ran longer than its time-out of {execution.Item.Task.Timeout.TotalSeconds:0.###} s."))
            : Make(execution, EndOf(execution.Cause), ran);
    }

    private static ExecutionEnd EndOf(StopCause cause) => cause == StopCause.Cancel ? ExecutionEnd.Cancelled : ExecutionEnd.Released;

    private static ExecutionReport Make(Execution execution, ExecutionEnd end, TimeSpan ran, TaskError? error = null, ReadOnlyMemory<byte> result = default)
    {
        var task = execution.Item.Task;
        return new ExecutionReport { Id = task.Id, Attempt = task.Attempt, Dispatch = task.Dispatch, End = end, Error = error, Ran = ran, Result = result };
    }

    private static TaskError Error(string code, string message) =>
        new(WorkerText.Fit(code, TaskLimits.NameLengthMax), WorkerText.Fit(message, TaskLimits.ErrorMessageLengthMax));
}
