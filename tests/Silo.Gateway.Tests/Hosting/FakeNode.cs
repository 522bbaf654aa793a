using System.Collections.Concurrent;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Gateway.Tests.Hosting;

/// <summary>A node's actor that remembers each call and answers what a test says.</summary>
internal sealed class FakeNode : INodeActor
{
    public ConcurrentQueue<object> Calls { get; } = [];

    public WorkerWelcome Welcome { get; set; } = new() { Status = DoorStatus.Ok, Incarnation = 7, Epoch = 3 };

    public Func<LeaseRequest, Task<LeaseReply>> OnLease { get; set; } = request => Task.FromResult(new LeaseReply { Status = DoorStatus.Ok, Number = request.Number });

    public Func<CompleteRequest, CompleteReply> OnComplete { get; set; } = request => new CompleteReply
    {
        Status = DoorStatus.Ok,
        Answers = [.. request.Reports.Select(report => new RecordedOutcome(report.Id, report.Attempt, OutcomeAnswer.Recorded, StoredState.Succeeded, default))],
    };

    public WorkerReply Reply { get; set; } = new() { Status = DoorStatus.Ok, Epoch = 3 };

    public Task<WorkerWelcome> RegisterAsync(WorkerRegistration request) => Remember(request, Welcome);

    public Task<LeaseReply> LeaseAsync(LeaseRequest request)
    {
        Calls.Enqueue(request);
        return OnLease(request);
    }

    public Task<CompleteReply> CompleteAsync(CompleteRequest request) => Remember(request, OnComplete(request));

    public Task<WorkerReply> ProgressAsync(ProgressRequest request) => Remember(request, Reply);

    public Task<WorkerReply> BeatAsync(WorkerBeat beat) => Remember(beat, Reply);

    public Task<WorkerReply> AdoptAsync(WorkerInventory inventory) => Remember(inventory, Reply);

    public Task<WorkerReply> LeaveAsync(WorkerLeave request) => Remember(request, Reply);

    public Task<NodeCommandsReply> ApplyAsync(NodeCommands commands) => throw new NotSupportedException("A gateway sends no commands.");

    public Task<NodeInventory> ReadInventoryAsync(ReadInventory request) => throw new NotSupportedException("A gateway asks for no inventory.");

    private Task<T> Remember<T>(object call, T answer)
    {
        Calls.Enqueue(call);
        return Task.FromResult(answer);
    }
}

internal sealed class FakeActors : IActors
{
    public ConcurrentDictionary<string, FakeNode> Nodes { get; } = [];

    public INodeActor Node(string name) => Nodes.GetOrAdd(name, _ => new FakeNode());

    public ISchedulerActor Scheduler(string pool) => throw new NotSupportedException("A gateway asks its client.");

    public ITaskActor Task(TaskId id) => throw new NotSupportedException("A gateway asks its client.");
}
