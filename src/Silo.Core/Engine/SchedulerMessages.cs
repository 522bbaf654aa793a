using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Tasks;

namespace Silo.Core.Engine;

/// <param name="Registration">What the worker says of itself.</param>
/// <param name="Activation">The life of the node's actor; see <see cref="NodeInventory.Activation"/>.</param>
public sealed record RegisterNode(NodeRegistration Registration, string Activation);

public enum RegisterStatus
{
    Registered,

    /// <summary>Another living process has this name; try again when it is silent for longer than the lease, or take another name.</summary>
    NameInUse,

    /// <summary>The scheduler is taking over, or its store is away; try again after a moment.</summary>
    NotReady,
}

public sealed record RegisterNodeReply(RegisterStatus Status, long Incarnation, long Epoch, bool Draining);

public sealed record NodeBeat
{
    public required NodeFence Fence { get; init; }

    /// <summary>The life of the node's actor.</summary>
    public required string Activation { get; init; }

    /// <summary>Newest epoch the node has seen.</summary>
    public required long Epoch { get; init; }

    public NodeLoad? Load { get; init; }

    /// <summary>Handlers that run now, orphans included.</summary>
    public required int Running { get; init; }

    /// <summary>Number of the last command batch applied.</summary>
    public required long LastCommand { get; init; }

    /// <summary>Number of the last report the scheduler has acknowledged, and whether more is under way.</summary>
    public required long LastReport { get; init; }

    public required bool ReportsPending { get; init; }

    /// <summary>Everything held: queued, leased, started, unrecorded.</summary>
    public required HeldDigest Held { get; init; }
}

public enum NodeStanding
{
    Alive,

    /// <summary>This incarnation is not the living one.</summary>
    Fenced,

    /// <summary>The scheduler does not agree with, or does not have, what the node holds.</summary>
    InventoryWanted,

    /// <summary>Ask again: the scheduler is not ready to say.</summary>
    Unknown,
}

public sealed record NodeBeatReply(NodeStanding Standing, long Epoch);

/// <summary>What became of tasks on a node since the last report.</summary>
public sealed record NodeReport
{
    public required NodeFence Fence { get; init; }

    public required long Epoch { get; init; }

    /// <summary>The life of the node's actor that numbers these reports.</summary>
    public required string Activation { get; init; }

    /// <summary>Consecutive from 1 per epoch, incarnation and activation.</summary>
    public required long Number { get; init; }

    /// <summary>Handlers that returned: the slot is free, the outcome not yet durable.</summary>
    public IReadOnlyList<FreedTask> Freed { get; init; } = [];

    /// <summary>Outcomes that are durable, settled or refused: the node no longer holds these.</summary>
    public IReadOnlyList<RecordedOutcome> Recorded { get; init; } = [];

    /// <summary>Given back unstarted, or released; the node no longer holds these and will never run them under this dispatch.</summary>
    public IReadOnlyList<HeldAttempt> Returned { get; init; } = [];
}

/// <param name="Id">The task.</param>
/// <param name="Dispatch">From <see cref="TaskDispatch.Dispatch"/>.</param>
/// <param name="Ran">How long its handler ran.</param>
public readonly record struct FreedTask(TaskId Id, long Dispatch, TimeSpan Ran);

public sealed record NodeReportReply(NodeStanding Standing, long Epoch, long Acknowledged);

public enum HeldPhase
{
    /// <summary>With the node's actor, not yet leased: can be taken back in one turn.</summary>
    Queued,

    /// <summary>With the worker.</summary>
    Leased,

    /// <summary>The handler has returned; the outcome is not yet durable.</summary>
    Unrecorded,
}

public readonly record struct HeldTask(TaskId Id, int Attempt, long Dispatch, string Queue, string Type, HeldPhase Phase);

public sealed record NodeInventory
{
    public required NodeFence Fence { get; init; }

    public required long Epoch { get; init; }

    /// <summary>Names one life of the node's actor: commands and reports are numbered within it, so a message to or from an earlier life is never taken for one of this.</summary>
    public required string Activation { get; init; }

    public required long LastCommand { get; init; }

    /// <summary>The last report made, acknowledged or not: what it says is already in <see cref="Held"/>.</summary>
    public required long LastReport { get; init; }

    /// <summary>False while the node's actor is new and its worker has not told what it holds.</summary>
    public required bool Known { get; init; }

    public IReadOnlyList<HeldTask> Held { get; init; } = [];
}

public sealed record OfferInventoryReply(NodeStanding Standing, long Epoch);

public sealed record LeaveNode(NodeFence Fence);

/// <summary>True when the incarnation has ended in the store.</summary>
public sealed record LeaveNodeReply(bool Left);

/// <summary>Durable tasks that the scheduler should know of.</summary>
public sealed record SubmitNotice
{
    /// <summary>Names one life of a gateway.</summary>
    public required string Gateway { get; init; }

    /// <summary>Consecutive from 1 per gateway.</summary>
    public required long Number { get; init; }

    /// <summary>True when this number was sent before: the tasks may have moved on meanwhile, so the scheduler reads them instead of believing the notice.</summary>
    public bool Resent { get; init; }

    public required IReadOnlyList<WaitingTask> Tasks { get; init; }
}

/// <param name="Accepted">False while no scheduler acts; send again.</param>
/// <param name="Expected">The next number that is expected of this gateway.</param>
public sealed record SubmitNoticeReply(bool Accepted, long Expected);

public sealed record CancelNotice(IReadOnlyList<TaskId> Ids);

public sealed record CancelNoticeReply(bool Accepted);

public sealed record LocateTasks(IReadOnlyList<TaskId> Ids);

/// <param name="Id">The task.</param>
/// <param name="Node">The node it was sent to and has not left.</param>
/// <param name="Attempt">The attempt there.</param>
public readonly record struct TaskLocation(TaskId Id, string Node, int Attempt);

public sealed record LocateReply(IReadOnlyList<TaskLocation> Locations);

public sealed record ReadSnapshot;

/// <summary>The scheduler's view, for people and pages.</summary>
public sealed record SchedulerSnapshot
{
    public required long Epoch { get; init; }

    /// <summary>True while a takeover waits for inventories.</summary>
    public required bool TakingOver { get; init; }

    public required IReadOnlyList<QueueSnapshot> Queues { get; init; }

    public required IReadOnlyList<NodeSnapshot> Nodes { get; init; }

    /// <summary>Strategy names that can be configured.</summary>
    public required IReadOnlyList<string> Strategies { get; init; }
}

/// <param name="Settings">As configured.</param>
/// <param name="InMemory">Waiting tasks in the scheduler's window.</param>
/// <param name="OnNodes">Tasks on nodes.</param>
/// <param name="MoreInStore">Whether waiting tasks exist beyond the window.</param>
public sealed record QueueSnapshot(QueueSettings Settings, int InMemory, int OnNodes, bool MoreInStore)
{
    /// <summary>Those in memory that are due.</summary>
    public int Ready { get; init; }
}

public sealed record NodeSnapshot
{
    public required NodeRegistration Registration { get; init; }

    public required long Incarnation { get; init; }

    public required bool Alive { get; init; }

    public required bool Draining { get; init; }

    /// <summary>Sent there and not yet freed.</summary>
    public required int Occupied { get; init; }

    /// <summary>Handlers that ran at the last beat.</summary>
    public required int Running { get; init; }

    public NodeLoad? Load { get; init; }

    /// <summary>The weight in force.</summary>
    public required double Weight { get; init; }

    /// <summary>Tasks placed on it since the scheduler took over.</summary>
    public required long Placed { get; init; }

    /// <summary>Time since its last beat.</summary>
    public required TimeSpan Silence { get; init; }

    /// <summary>When it left or was declared dead; null while it lives.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

public sealed record SetQueue(QueueSettings Settings);

public enum SetQueueStatus
{
    Saved,
    UnknownStrategy,
    NotReady,
}

public sealed record SetQueueReply(SetQueueStatus Status, IReadOnlyList<string> Strategies);

public sealed record DrainNode(string Node, bool Draining);

public enum DrainNodeStatus
{
    Done,
    UnknownNode,
    NotReady,
}

public sealed record DrainNodeReply(DrainNodeStatus Status);

public sealed record ForgetNode(string Node);

public enum ForgetNodeStatus
{
    Forgotten,
    UnknownNode,

    /// <summary>It lives, or nobody has yet noticed that it does not.</summary>
    Alive,
    NotReady,
}

public sealed record ForgetNodeReply(ForgetNodeStatus Status);
