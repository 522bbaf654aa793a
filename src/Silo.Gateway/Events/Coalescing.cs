using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Gateway.Events;

/// <summary>Tells of each task once: what happened to it last.</summary>
internal static class Coalescing
{
    /// <summary>Log lines of one task that are told at once; the last ones.</summary>
    public const int LogLinesMax = TaskActor.LogLinesMax;

    /// <returns>In the order in which each task was last heard of.</returns>
    public static IReadOnlyList<TaskEvent> PerTask(IEnumerable<TaskEvent> events)
    {
        var last = new OrderedDictionary<TaskId, TaskEvent>();
        foreach (var happened in events)
        {
            if (!last.Remove(happened.Id, out var earlier))
                last.Add(happened.Id, happened);
            else
                last.Add(happened.Id, Later(earlier, happened));
        }

        return [.. last.Values];
    }

    private static TaskEvent Later(TaskEvent earlier, TaskEvent later)
    {
        // Publishers do not wait for each other: what belongs to an attempt that has ended may come after its end.
        if (earlier.Kind == TaskEventKind.Recorded && later.Kind != TaskEventKind.Recorded && (earlier.Attempt == 0 || later.Attempt <= earlier.Attempt))
            return earlier;
        if (earlier.Progress is not { } before || later.Progress is not { } after || before.Attempt != after.Attempt)
            return later;
        var merged = after with
        {
            Percent = after.Percent ?? before.Percent,
            Message = after.Message ?? before.Message,
            Logs = [.. before.Logs.Concat(after.Logs).TakeLast(LogLinesMax)],
        };
        return later with { Progress = merged };
    }
}
