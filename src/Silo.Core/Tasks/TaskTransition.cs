namespace Silo.Core.Tasks;

/// <summary>One legal step of a task's life; <c>docs/task-lifecycle.md</c> draws them all.</summary>
/// <param name="From">Null before the task exists.</param>
internal readonly record struct TaskTransition(TaskState? From, LifeCycleEvent Event, TaskState To)
{
    /// <summary>Every legal step. Out of a terminal state only an operator leads.</summary>
    /// <remarks>Outcomes are legal from ready too: that a task runs is stored late or never, so a short one ends as a row that still says it waits.</remarks>
    public static readonly IReadOnlyList<TaskTransition> All =
    [
        new(null, LifeCycleEvent.Submitted, TaskState.Scheduled),
        new(null, LifeCycleEvent.Submitted, TaskState.Ready),
        new(TaskState.Scheduled, LifeCycleEvent.FellDue, TaskState.Ready),
        new(TaskState.Scheduled, LifeCycleEvent.Cancelled, TaskState.Cancelled),
        new(TaskState.Ready, LifeCycleEvent.Started, TaskState.Running),
        new(TaskState.Ready, LifeCycleEvent.Succeeded, TaskState.Succeeded),
        new(TaskState.Ready, LifeCycleEvent.Failed, TaskState.Failed),
        new(TaskState.Ready, LifeCycleEvent.Retried, TaskState.Scheduled),
        new(TaskState.Ready, LifeCycleEvent.Cancelled, TaskState.Cancelled),
        new(TaskState.Running, LifeCycleEvent.Succeeded, TaskState.Succeeded),
        new(TaskState.Running, LifeCycleEvent.Failed, TaskState.Failed),
        new(TaskState.Running, LifeCycleEvent.Retried, TaskState.Scheduled),
        new(TaskState.Running, LifeCycleEvent.Released, TaskState.Ready),
        new(TaskState.Running, LifeCycleEvent.NodeLost, TaskState.Ready),
        new(TaskState.Running, LifeCycleEvent.Convicted, TaskState.Failed),
        new(TaskState.Running, LifeCycleEvent.Cancelled, TaskState.Cancelled),
        new(TaskState.Failed, LifeCycleEvent.Revived, TaskState.Ready),
        new(TaskState.Cancelled, LifeCycleEvent.Revived, TaskState.Ready),
    ];

    public static bool IsLegal(TaskState? from, LifeCycleEvent happened, TaskState to) => All.Contains(new TaskTransition(from, happened, to));
}
