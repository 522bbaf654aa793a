using Silo.Core.Tasks;

namespace Silo.Core.Handlers;

/// <summary>The code of one task type.</summary>
/// <typeparam name="TPayload">Read from the task's JSON payload; unknown fields are refused.</typeparam>
/// <typeparam name="TResult">Written as the task's JSON result.</typeparam>
public interface ITaskHandler<TPayload, TResult>
{
    /// <summary>Runs one attempt. Execution is at least once: use <see cref="TaskContext.IdempotencyKey"/> for effects outside.</summary>
    /// <exception cref="TaskFailedException">Ends the attempt with this code; any other exception ends it as <c>handler_failed</c>.</exception>
    Task<TResult> RunAsync(TPayload payload, TaskContext context, CancellationToken cancellationToken);
}

/// <summary>What a handler knows of its attempt, and how it speaks while it runs.</summary>
public abstract class TaskContext
{
    public abstract TaskId Id { get; }

    /// <summary>1 for the first.</summary>
    public abstract int Attempt { get; }

    public abstract string Queue { get; }

    /// <summary>Equal in every attempt of the task.</summary>
    public abstract string IdempotencyKey { get; }

    public abstract TimeProvider Time { get; }

    /// <summary>Shows progress live; not stored. The latest wins.</summary>
    /// <param name="percent">0 to 100.</param>
    /// <param name="message">For people; may be null. Cut after 1,024 characters.</param>
    public abstract void ReportProgress(double percent, string? message = null);

    /// <summary>Shows a line live; the last lines are kept while the task runs. Never waits: of lines that come faster than they are sent (100 lines or 16,384 characters in 200 ms) the
    /// oldest are dropped, and how many they were is told.</summary>
    /// <param name="line">Cut after 1,024 characters.</param>
    public abstract void Log(string line);
}

/// <summary>A handler's designed failure.</summary>
public sealed class TaskFailedException : Exception
{
    public TaskFailedException()
        : this("handler_failed", "The handler failed.", retry: true)
    {
    }

    public TaskFailedException(string message)
        : this("handler_failed", message, retry: true)
    {
    }

    public TaskFailedException(string message, Exception innerException)
        : base(message, innerException) => (Code, Retry) = ("handler_failed", true);

    public TaskFailedException(string code, string message, bool retry)
        : base(message) => (Code, Retry) = (code, retry);

    /// <summary>Stable, for programs.</summary>
    public string Code { get; }

    /// <summary>False when another attempt would fail alike.</summary>
    public bool Retry { get; }
}
