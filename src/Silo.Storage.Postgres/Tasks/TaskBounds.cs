using Silo.Core.Tasks;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>What the table does not check itself, since that would cost each write of each task. A row beyond these would be read, and break whoever schedules it.</summary>
internal static class TaskBounds
{
    private const int ProblemsMax = 10;

    /// <exception cref="ArgumentException">Values are out of bounds; the message names the first ten, each with its rule.</exception>
    public static void Check(IReadOnlyList<TaskSpec> tasks)
    {
        // Made when there is something to say, which on the way of nearly every task there is not.
        List<string>? problems = null;
        for (var index = 0; index < tasks.Count; index++)
        {
            Look(tasks[index], ref problems);
        }

        if (problems is not null)
            throw new ArgumentException($"The store refuses values, and nothing of the call was stored: {string.Join("; ", problems)}.");
    }

    private static void Look(TaskSpec task, ref List<string>? problems)
    {
        if (string.IsNullOrEmpty(task.Type))
            Add(ref problems, $"task {task.Id} needs a type");
        if (string.IsNullOrEmpty(task.Queue))
            Add(ref problems, $"task {task.Id} needs a queue");
        if (task.Priority is < TaskLimits.PriorityMin or > TaskLimits.PriorityMax)
            Add(ref problems, $"task {task.Id} has priority {task.Priority}, which must be from {TaskLimits.PriorityMin} to {TaskLimits.PriorityMax}");
        if (task.Retry.AttemptsMax < 1)
            Add(ref problems, $"task {task.Id} has {task.Retry.AttemptsMax} attempts, which must be at least 1");
        if (task.Timeout < TaskLimits.TimeoutMin)
            Add(ref problems, $"task {task.Id} has a timeout of {task.Timeout}, which must be at least {TaskLimits.TimeoutMin}");
    }

    private static void Add(ref List<string>? problems, string problem)
    {
        problems ??= [];
        if (problems.Count < ProblemsMax)
            problems.Add(problem);
    }
}
