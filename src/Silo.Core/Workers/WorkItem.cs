using Silo.Core.Engine;

namespace Silo.Core.Workers;

internal enum WorkPhase
{
    /// <summary>Received and not started.</summary>
    Queued,

    Running,

    /// <summary>Its report waits for an answer. The handler has returned, or is an orphan that still runs.</summary>
    Reported,

    /// <summary>Given back unstarted; that waits for an answer.</summary>
    GivenBack,

    /// <summary>Answered or fenced: no longer held.</summary>
    Gone,
}

/// <summary>One attempt that a worker holds. Only <see cref="WorkQueue"/> changes its phase.</summary>
internal sealed class WorkItem(TaskDispatch task)
{
    public TaskDispatch Task { get; } = task;

    public HeldAttempt Key => new(Task.Id, Task.Attempt, Task.Dispatch);

    public WorkPhase Phase { get; set; }

    /// <summary>The handler has started and not returned, whatever became of the report: it takes a slot.</summary>
    public bool Executing { get; set; }

    public ExecutionReport? Report { get; set; }

    /// <summary>The handler's run, for the runtime; the queue's decisions do not look at it.</summary>
    public Execution? Execution { get; set; }
}

/// <summary>The order in which a worker starts tasks: priority, then due time, then id.</summary>
internal sealed class WorkOrder : IComparer<WorkItem>
{
    public static readonly WorkOrder Instance = new();

    public int Compare(WorkItem? x, WorkItem? y)
    {
        var (left, right) = (x!.Task, y!.Task);
        var order = right.Priority.CompareTo(left.Priority);
        order = order != 0 ? order : left.RunAt.CompareTo(right.RunAt);
        order = order != 0 ? order : left.Id.CompareTo(right.Id);
        return order != 0 ? order : left.Dispatch.CompareTo(right.Dispatch);
    }
}
