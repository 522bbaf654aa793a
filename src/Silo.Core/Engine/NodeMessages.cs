using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Core.Engine;

/// <summary>One numbered batch of commands; the parts are applied in the order of the properties.</summary>
public sealed record NodeCommands
{
    public required long Epoch { get; init; }

    public required long Incarnation { get; init; }

    /// <summary>The life of the node's actor that these are meant for.</summary>
    public required string Activation { get; init; }

    /// <summary>Consecutive from 1 per epoch, incarnation and activation.</summary>
    public required long Number { get; init; }

    public IReadOnlyList<TaskDispatch> Dispatch { get; init; } = [];

    /// <summary>Give back what has not started.</summary>
    public IReadOnlyList<TaskId> Recall { get; init; } = [];

    /// <summary>Give back what has not started, cancel what has.</summary>
    public IReadOnlyList<TaskId> Cancel { get; init; } = [];
}

/// <summary>One attempt of a task as a node gets it.</summary>
public sealed record TaskDispatch
{
    public required TaskId Id { get; init; }

    public required int Attempt { get; init; }

    /// <summary>Names this sending of the attempt, unique in the pool for all time: what a node says about an earlier sending of it is not about this one.</summary>
    public required long Dispatch { get; init; }

    public required string Type { get; init; }

    public required string Queue { get; init; }

    public required int Priority { get; init; }

    public required DateTimeOffset RunAt { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required RetryPolicy Retry { get; init; }

    /// <summary>UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The client's key, for the handler's own side effects; null when there is none, and the task's id serves instead.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The start is written to the store before the worker gets the task: it may have brought a node down.</summary>
    public bool StoreStart { get; init; }
}

public enum CommandsStatus
{
    /// <summary>Applied, now or before.</summary>
    Applied,

    /// <summary>An earlier number is missing; see the expected one.</summary>
    Gap,

    StaleEpoch,

    /// <summary>The node's actor has another incarnation.</summary>
    WrongIncarnation,

    /// <summary>The node's actor is another one, or does not know yet what its worker holds.</summary>
    InventoryWanted,
}

public sealed record NodeCommandsReply(CommandsStatus Status, long Expected, long Epoch);

public sealed record ReadInventory(long Epoch);

public enum DoorStatus
{
    Ok,

    /// <summary>This incarnation has ended: drop everything, register again.</summary>
    Fenced,

    /// <summary>The node's actor is new: call adopt first.</summary>
    InventoryWanted,

    /// <summary>The lease number is not the next one; see the number in the answer.</summary>
    OutOfOrder,

    /// <summary>The scheduler or the store is away; the same call again after a moment.</summary>
    NotReady,

    /// <summary>Registration only: another living process has this name.</summary>
    NameInUse,

    /// <summary>Leave only: tasks are still held.</summary>
    StillHolding,
}

public sealed record WorkerRegistration(NodeRegistration Registration);

public sealed record WorkerWelcome
{
    public required DoorStatus Status { get; init; }

    public long Incarnation { get; init; }

    public long Epoch { get; init; }

    /// <summary>A worker whose last answered beat was sent longer ago than this starts nothing.</summary>
    public TimeSpan Lease { get; init; } = NodeLimits.Lease;

    public TimeSpan BeatInterval { get; init; } = NodeLimits.BeatIntervalDefault;
}

public sealed record LeaseRequest
{
    public required long Incarnation { get; init; }

    /// <summary>Consecutive from 1 per incarnation, and from 1 again after an adoption. An answer without tasks does not use the number up: ask with it again.
    /// An answer to a question that was asked before an adoption is dropped, tasks and all: the inventory did not name them, so they were given to others.</summary>
    public required long Number { get; init; }

    /// <summary>At most this many tasks, 1 to <see cref="NodeLimits.LeaseTasksMax"/>.</summary>
    public required int Max { get; init; }

    /// <summary>How long to wait for a first task or order; zero answers at once.</summary>
    public required TimeSpan Wait { get; init; }
}

/// <summary>Tasks for a worker, and orders about those it has. Orders repeat until they had their effect.</summary>
public sealed record LeaseReply
{
    public required DoorStatus Status { get; init; }

    /// <summary>The batch's number; with <see cref="DoorStatus.OutOfOrder"/> the number expected.</summary>
    public long Number { get; init; }

    public IReadOnlyList<TaskDispatch> Tasks { get; init; } = [];

    public WorkerOrders Orders { get; init; } = WorkerOrders.None;
}

/// <summary>What the worker should do about tasks it holds.</summary>
public sealed record WorkerOrders
{
    public static readonly WorkerOrders None = new();

    /// <summary>Give back if unstarted.</summary>
    public IReadOnlyList<TaskId> Recall { get; init; } = [];

    /// <summary>Give back if unstarted, else cancel.</summary>
    public IReadOnlyList<TaskId> Cancel { get; init; } = [];

    [System.Text.Json.Serialization.JsonIgnore]
    public bool Any => Recall.Count > 0 || Cancel.Count > 0;
}

public enum ExecutionEnd
{
    Succeeded,

    /// <summary>May be retried.</summary>
    Failed,

    /// <summary>Another attempt would fail alike; ends the task.</summary>
    FailedForGood,

    /// <summary>Ran out of its time; retried like a failure.</summary>
    TimedOut,

    /// <summary>Stopped because it was told to cancel.</summary>
    Cancelled,

    /// <summary>Stopped because the worker drains: given back, no attempt spent.</summary>
    Released,
}

/// <summary>How one execution ended, as the worker reports it.</summary>
public sealed record ExecutionReport
{
    public required TaskId Id { get; init; }

    public required int Attempt { get; init; }

    /// <summary>From <see cref="TaskDispatch.Dispatch"/>.</summary>
    public required long Dispatch { get; init; }

    public required ExecutionEnd End { get; init; }

    /// <summary>UTF-8 JSON; empty for none.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    public TaskError? Error { get; init; }

    /// <summary>How long the handler ran, by the worker's monotonic clock.</summary>
    public required TimeSpan Ran { get; init; }
}

public sealed record CompleteRequest
{
    public required long Incarnation { get; init; }

    public IReadOnlyList<ExecutionReport> Reports { get; init; } = [];

    /// <summary>Tasks given back unstarted.</summary>
    public IReadOnlyList<HeldAttempt> Returned { get; init; } = [];
}

/// <param name="Id">The task.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Dispatch">From <see cref="TaskDispatch.Dispatch"/>.</param>
public readonly record struct HeldAttempt(TaskId Id, int Attempt, long Dispatch)
{
    /// <summary>A task is hardly ever held twice, so that its id tells nearly all apart.</summary>
    public override int GetHashCode() => Id.GetHashCode();
}

public sealed record CompleteReply
{
    public required DoorStatus Status { get; init; }

    /// <summary>One per report, in order, when the status is ok.</summary>
    public IReadOnlyList<RecordedOutcome> Answers { get; init; } = [];
}

public sealed record ProgressRequest
{
    public required long Incarnation { get; init; }

    public required IReadOnlyList<TaskProgress> Items { get; init; }
}

public sealed record TaskProgress
{
    public required TaskId Id { get; init; }

    public required int Attempt { get; init; }

    /// <summary>0 to 100; null when only logs came.</summary>
    public double? Percent { get; init; }

    public string? Message { get; init; }

    public IReadOnlyList<string> Logs { get; init; } = [];

    /// <summary>Lines before <see cref="Logs"/> that were given up because there were too many.</summary>
    public int LogsDropped { get; init; }
}

public sealed record WorkerBeat
{
    public required long Incarnation { get; init; }

    public NodeLoad? Load { get; init; }

    /// <summary>Handlers that run now, orphans included.</summary>
    public required int Running { get; init; }

    /// <summary>Executions that have run longer than <see cref="NodeLimits.StoreStartAfter"/> and are still running.</summary>
    public IReadOnlyList<RunningExecution> Started { get; init; } = [];

    /// <summary>Number of the last lease batch received.</summary>
    public required long LastLease { get; init; }

    /// <summary>Everything the worker holds: queued, running, unacknowledged. Null when it does not keep a digest.</summary>
    public HeldDigest? Held { get; init; }
}

public readonly record struct RunningExecution(TaskId Id, int Attempt, TimeSpan RunningFor);

public sealed record WorkerReply
{
    public required DoorStatus Status { get; init; }

    public long Epoch { get; init; }

    public WorkerOrders Orders { get; init; } = WorkerOrders.None;
}

/// <summary>What a worker holds, told to a node actor that is new.</summary>
public sealed record WorkerInventory
{
    public required NodeRegistration Registration { get; init; }

    public required long Incarnation { get; init; }

    /// <summary>Consecutive from 1 per incarnation: an older inventory that arrives late is not believed.</summary>
    public required long Number { get; init; }

    public required IReadOnlyList<HeldExecution> Held { get; init; }
}

/// <param name="Task">As it was dispatched; the payload may be left empty.</param>
/// <param name="Returned">The handler has returned; its report follows by complete.</param>
public sealed record HeldExecution(TaskDispatch Task, bool Returned);

public sealed record WorkerLeave(long Incarnation);
