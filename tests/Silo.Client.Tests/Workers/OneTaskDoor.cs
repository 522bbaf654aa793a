using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Client.Tests.Workers;

/// <summary>Hands out one task and keeps what becomes of it; called on the worker's turns only.</summary>
internal sealed class OneTaskDoor(TaskDispatch task) : INodeDoor
{
    private readonly TaskCompletionSource<LeaseReply> _noMore = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<ExecutionReport> Reported { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WorkerRegistration? Registration { get; private set; }

    public bool Left { get; private set; }

    public Task<WorkerWelcome> RegisterAsync(WorkerRegistration request)
    {
        Registration = request;
        return Task.FromResult(new WorkerWelcome { Status = DoorStatus.Ok, Incarnation = 1, Epoch = 1 });
    }

    public Task<LeaseReply> LeaseAsync(LeaseRequest request) =>
        request.Number == 1 ? Task.FromResult(new LeaseReply { Status = DoorStatus.Ok, Number = 1, Tasks = [task] }) : _noMore.Task;

    public Task<CompleteReply> CompleteAsync(CompleteRequest request)
    {
        foreach (var report in request.Reports)
            Reported.TrySetResult(report);
        return Task.FromResult(new CompleteReply
        {
            Status = DoorStatus.Ok,
            Answers = [.. request.Reports.Select(report => new RecordedOutcome(report.Id, report.Attempt, OutcomeAnswer.Recorded, StoredState.Succeeded, default))],
        });
    }

    public Task<WorkerReply> ProgressAsync(ProgressRequest request) => Done();

    public Task<WorkerReply> BeatAsync(WorkerBeat beat) => Done();

    public Task<WorkerReply> AdoptAsync(WorkerInventory inventory) => Done();

    public Task<WorkerReply> LeaveAsync(WorkerLeave request)
    {
        Left = true;
        return Done();
    }

    private static Task<WorkerReply> Done() => Task.FromResult(new WorkerReply { Status = DoorStatus.Ok });
}
