using Silo.Core.Tasks;

namespace Silo.Core.Engine;

public sealed record ReadTask;

/// <param name="Wait">At most this long, bounded by the gateway.</param>
public sealed record WaitTask(TimeSpan Wait);

public sealed record TaskStatusReply
{
    /// <summary>Null when there is no such task.</summary>
    public TaskDetails? Task { get; init; }

    /// <summary>The state to show now; running is a live hint.</summary>
    public TaskState State { get; init; }

    /// <summary>The node that holds it now, when one does.</summary>
    public string? Node { get; init; }

    public double? ProgressPercent { get; init; }

    public string? ProgressMessage { get; init; }

    /// <summary>The last lines its handler logged while somebody was asking about the task, oldest first.</summary>
    public IReadOnlyList<string> Logs { get; init; } = [];
}

public enum TaskEventKind
{
    Submitted,

    /// <summary>Sent to a node.</summary>
    Dispatched,

    /// <summary>Progress or logs from the handler.</summary>
    Progress,

    /// <summary>An outcome is durable: terminal, or a retry to come.</summary>
    Recorded,

    /// <summary>A cancel is on record.</summary>
    Cancelling,

    /// <summary>Left its node without an outcome: given back, or the node died.</summary>
    Returned,
}

/// <summary>Something that is already true: published after its commit, never before.</summary>
public sealed record TaskEvent
{
    public required TaskEventKind Kind { get; init; }

    public required TaskId Id { get; init; }

    public string? Queue { get; init; }

    public string? Node { get; init; }

    public int Attempt { get; init; }

    /// <summary>The stored state, for <see cref="TaskEventKind.Recorded"/>.</summary>
    public StoredState State { get; init; }

    public TaskProgress? Progress { get; init; }

    /// <summary>About what the event takes in memory: buffers are bounded by it, since a handler decides how much it says.</summary>
    internal long Bytes => 128 + (Progress is null ? 0 : TextBytes(Progress.Message) + Progress.Logs.Sum(TextBytes));

    private static long TextBytes(string? text) => text is null ? 0 : 32 + (2L * text.Length);
}

/// <summary>Where actors and gateways tell what has happened. Never blocks, never fails: live events may be dropped, truth is in the store.</summary>
public interface IEventSink
{
    void Publish(IReadOnlyList<TaskEvent> events);

    /// <summary>Whether anybody would see an event now. A hint that spares the publisher making events nobody reads.</summary>
    bool Listening => true;
}
