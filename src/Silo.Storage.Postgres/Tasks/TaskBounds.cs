using Silo.Core.Tasks;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>What the table does not check itself, since that would cost each write of each task. A row beyond these would be read, and break whoever schedules it.</summary>
internal static class TaskBounds
{
    private const int ProblemsMax = 10;

    /// <exception cref="ArgumentException">Values are out of bounds; the message names the first ten, each with its rule.</exception>
    public static void Check(IReadOnlyList<TaskSpec> tasks)
    {
        List<string>? problems = null;
        for (var index = 0; index < tasks.Count && !(problems?.Count >= ProblemsMax); index++)
        {
            if (!IsWithin(tasks[index]))
                Describe(tasks[index], problems ??= []);
        }

        if (problems is not null)
            throw new ArgumentException($"The store refuses values, and nothing of the call was stored: {string.Join("; ", problems.Take(ProblemsMax))}.");
    }

    private static bool IsWithin(TaskSpec task) =>
        task.Type is not (null or "") && task.Queue is not (null or "") && task.Priority is >= TaskLimits.PriorityMin and <= TaskLimits.PriorityMax
        && task.Retry.AttemptsMax >= 1 && task.Timeout >= TaskLimits.TimeoutMin;

    private static void Describe(TaskSpec task, List<string> problems)
    {
        if (string.IsNullOrEmpty(task.Type))
            problems.Add($"task {task.Id} needs a type");
        if (string.IsNullOrEmpty(task.Queue))
            problems.Add($"task {task.Id} needs a queue");
        if (task.Priority is < TaskLimits.PriorityMin or > TaskLimits.PriorityMax)
            problems.Add($"task {task.Id} has priority {task.Priority}, which must be from {TaskLimits.PriorityMin} to {TaskLimits.PriorityMax}");
        if (task.Retry.AttemptsMax < 1)
            problems.Add($"task {task.Id} has {task.Retry.AttemptsMax} attempts, which must be at least 1");
        if (task.Timeout < TaskLimits.TimeoutMin)
            problems.Add($"task {task.Id} has a timeout of {task.Timeout}, which must be at least {TaskLimits.TimeoutMin}");
    }
}
