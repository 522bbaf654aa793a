namespace Silo.Core.Tasks;

/// <summary>The state of a task's row. Scheduled and ready are one stored state, told apart by the due time, so that becoming due costs no write.</summary>
public enum StoredState
{
    /// <summary>Not terminal and not known to be running.</summary>
    Waiting = 0,

    /// <summary>Advisory: a node held it for over a second and said so. Only a fence, a release or an outcome ends it.</summary>
    Running = 1,

    Succeeded = 2,
    Failed = 3,
    Cancelled = 4,
}

/// <summary>The state a user sees.</summary>
public enum TaskState
{
    /// <summary>Waits for its due time: a delay or a retry's backoff.</summary>
    Scheduled,

    /// <summary>Due, and not yet started.</summary>
    Ready,

    Running,
    Succeeded,
    Failed,
    Cancelled,
}

public static class TaskStates
{
    public static bool IsTerminal(this StoredState state) => state >= StoredState.Succeeded;

    public static bool IsTerminal(this TaskState state) => state >= TaskState.Succeeded;

    /// <summary>What a user is shown for a row, at <paramref name="now"/> of the store's time.</summary>
    public static TaskState Shown(this StoredState state, DateTimeOffset runAt, DateTimeOffset now) => state switch
    {
        StoredState.Waiting => runAt > now ? TaskState.Scheduled : TaskState.Ready,
        StoredState.Running => TaskState.Running,
        StoredState.Succeeded => TaskState.Succeeded,
        StoredState.Failed => TaskState.Failed,
        StoredState.Cancelled => TaskState.Cancelled,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No such stored state."),
    };
}
