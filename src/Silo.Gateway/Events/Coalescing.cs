using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Gateway.Events;

/// <summary>Tells of each task once: what happened to it last. A task that went from one node to another is told of once for each, so that whoever follows one node sees it leave.</summary>
internal static class Coalescing
{
    /// <returns>In the order in which each task was last heard of.</returns>
    public static IReadOnlyList<TaskEvent> PerTask(IReadOnlyList<TaskEvent> events)
    {
        // Places in a list rather than removals from the middle: a flood of events about few tasks must stay linear.
        var told = new List<TaskEvent?>(events.Count);
        var last = new Dictionary<TaskId, int>();
        foreach (var happened in events)
        {
            if (!last.TryGetValue(happened.Id, out var place))
            {
                Tell(happened);
                continue;
            }

            var earlier = told[place]!;
            var later = Later(earlier, happened);
            if (ReferenceEquals(later, happened) && earlier.Node is not null && earlier.Node != happened.Node)
            {
                Tell(happened);
                continue;
            }

            told[place] = null;
            Tell(later);
        }

        return [.. told.OfType<TaskEvent>()];

        void Tell(TaskEvent happened)
        {
            last[happened.Id] = told.Count;
            told.Add(happened);
        }
    }

    private static TaskEvent Later(TaskEvent earlier, TaskEvent later)
    {
        // Publishers do not wait for each other: what belongs to an attempt that has ended may come after its end.
        if (earlier.Kind == TaskEventKind.Recorded && later.Kind != TaskEventKind.Recorded && (earlier.Attempt == 0 || later.Attempt <= earlier.Attempt))
            return earlier;
        if (earlier.Progress is not { } before || later.Progress is not { } after || before.Attempt != after.Attempt)
            return later;
        var lines = new LogTail();
        lines.Add(before.Logs, before.LogsDropped);
        lines.Add(after.Logs, after.LogsDropped);
        return later with
        {
            Progress = after with { Percent = after.Percent ?? before.Percent, Message = after.Message ?? before.Message, Logs = lines.Lines, LogsDropped = lines.Dropped },
        };
    }
}
