using Silo.Core.Tasks;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>What the table does not check itself, since that would cost each write of each task: values without which a row could not be read as a task again.</summary>
internal static class TaskBounds
{
    /// <exception cref="ArgumentException">A value is out of bounds; the message names it.</exception>
    public static void Check(TaskSpec task)
    {
        var problem =
            string.IsNullOrEmpty(task.Type) ? "has no type"
            : string.IsNullOrEmpty(task.Queue) ? "has no queue"
            : task.Priority is < TaskLimits.PriorityMin or > TaskLimits.PriorityMax ? $"has priority {task.Priority}, which is not from {TaskLimits.PriorityMin} to {TaskLimits.PriorityMax}"
            : task.Retry.AttemptsMax < 1 ? "is never to be tried"
            : task.Timeout < TaskLimits.TimeoutMin ? "has no time to run"
            : null;
        if (problem is not null)
            throw new ArgumentException($"The store refuses a value: task {task.Id} {problem}. Nothing of the call was stored.");
    }
}
