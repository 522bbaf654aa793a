using Silo.Core.Tasks;

namespace Silo.Core.Engine;

/// <summary>Where actors are found. An engine answers with something callable from anywhere; the actor itself runs one turn at a time, interleaved at awaits.</summary>
/// <remarks>A call may fail, or be answered late or never: every caller sets a time-out and takes silence for "unknown", never for "not done".</remarks>
public interface IActors
{
    ISchedulerActor Scheduler(string pool);

    INodeActor Node(string name);

    ITaskActor Task(TaskId id);
}

/// <summary>Places the tasks of one pool on its nodes. Its authority is an epoch in the store, not its being there.</summary>
public interface ISchedulerActor
{
    /// <summary>From a node's actor: a worker joins.</summary>
    Task<RegisterNodeReply> RegisterNodeAsync(RegisterNode request);

    /// <summary>From a node's actor: it is alive, carries this load and holds this much.</summary>
    Task<NodeBeatReply> BeatAsync(NodeBeat beat);

    /// <summary>From a node's actor: what became of the tasks it was given. Numbered, repeated until acknowledged.</summary>
    Task<NodeReportReply> ReportAsync(NodeReport report);

    /// <summary>From a node's actor that was rebuilt from its worker: what is there.</summary>
    Task<OfferInventoryReply> OfferInventoryAsync(NodeInventory inventory);

    /// <summary>From a node's actor: the worker has given everything back and goes.</summary>
    Task<LeaveNodeReply> LeaveNodeAsync(LeaveNode request);

    /// <summary>From a gateway: these tasks are durable.</summary>
    Task<SubmitNoticeReply> NotifySubmittedAsync(SubmitNotice notice);

    /// <summary>From a gateway: these cancels are on record.</summary>
    Task<CancelNoticeReply> NotifyCancelAsync(CancelNotice notice);

    Task<LocateReply> LocateAsync(LocateTasks request);

    Task<SchedulerSnapshot> ReadSnapshotAsync(ReadSnapshot request);

    Task<SetQueueReply> SetQueueAsync(SetQueue request);

    Task<DrainNodeReply> DrainNodeAsync(DrainNode request);

    /// <summary>Takes a node that has ended off the list.</summary>
    Task<ForgetNodeReply> ForgetNodeAsync(ForgetNode request);
}

/// <summary>The door of one node: commands come from the scheduler, the worker behind it leases, completes and beats. It records outcomes under the node's fence.</summary>
public interface INodeActor : INodeDoor
{
    /// <summary>From the scheduler: applied once and in order, per epoch and incarnation.</summary>
    Task<NodeCommandsReply> ApplyAsync(NodeCommands commands);

    /// <summary>From a scheduler that has taken over: older epochs are refused from now on.</summary>
    Task<NodeInventory> ReadInventoryAsync(ReadInventory request);
}

/// <summary>What a worker sees of its node's actor. HTTP workers reach it through the gateway, one in this process directly.</summary>
public interface INodeDoor
{
    /// <summary>Begins an incarnation.</summary>
    Task<WorkerWelcome> RegisterAsync(WorkerRegistration request);

    /// <summary>Takes a batch of tasks, waiting for one if there is none. Repeating a number repeats its batch; the next number confirms it.</summary>
    Task<LeaseReply> LeaseAsync(LeaseRequest request);

    /// <summary>Reports how executions ended and which tasks are given back unstarted. The answer comes when all of it is recorded.</summary>
    Task<CompleteReply> CompleteAsync(CompleteRequest request);

    Task<WorkerReply> ProgressAsync(ProgressRequest request);

    Task<WorkerReply> BeatAsync(WorkerBeat beat);

    /// <summary>Answers <see cref="DoorStatus.InventoryWanted"/>: what the worker holds under its incarnation.</summary>
    Task<WorkerReply> AdoptAsync(WorkerInventory inventory);

    /// <summary>Ends the incarnation in order. A draining worker calls it first: from then on the node gets nothing more, and what was not leased goes elsewhere at once.
    /// Answers <see cref="DoorStatus.StillHolding"/> while the worker holds tasks; it is repeated until it answers ok.</summary>
    Task<WorkerReply> LeaveAsync(WorkerLeave request);
}

/// <summary>One task as somebody asks about it. It decides nothing: the row is the truth, the rest is a live hint.</summary>
public interface ITaskActor
{
    Task<TaskStatusReply> ReadAsync(ReadTask request);

    /// <summary>Answers when the task is terminal, or when the wait is over.</summary>
    Task<TaskStatusReply> WaitAsync(WaitTask request);

    /// <summary>From the event sink: something of this task was committed or reported.</summary>
    Task<Acknowledged> NotifyAsync(TaskEvent happened);
}

/// <summary>An answer that says only that the call arrived.</summary>
public sealed record Acknowledged
{
    public static readonly Acknowledged Instance = new();
}
