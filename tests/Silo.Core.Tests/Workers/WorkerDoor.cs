using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Core.Tests.Workers;

/// <summary>What happens to the next call of one kind.</summary>
internal enum Fault
{
    /// <summary>It fails and was never made.</summary>
    LoseCall,

    /// <summary>It takes effect, and fails for the caller.</summary>
    LoseAnswer,

    /// <summary>It takes effect and is never answered.</summary>
    Hang,
}

/// <summary>A door that keeps the protocol's promises by hand, and breaks a call when the test says so.</summary>
internal sealed class WorkerDoor : INodeDoor
{
    private readonly Dictionary<string, Queue<Fault>> _faults = [];
    private readonly Queue<TaskDispatch> _waiting = new();
    private IReadOnlyList<TaskDispatch> _batch = [];
    private long _batchNumber;
    private (LeaseRequest Request, TaskCompletionSource<LeaseReply> Answer)? _poll;

    public List<WorkerRegistration> Registrations { get; } = [];

    public List<LeaseRequest> Leases { get; } = [];

    public List<CompleteRequest> Completes { get; } = [];

    public List<WorkerBeat> Beats { get; } = [];

    public List<ProgressRequest> Progresses { get; } = [];

    public List<WorkerInventory> Inventories { get; } = [];

    public int Leaves { get; private set; }

    public long Incarnation { get; private set; }

    /// <summary>Answered to every call of a kind until it is taken away.</summary>
    public Dictionary<string, DoorStatus> Statuses { get; } = [];

    /// <summary>Added to the next answers that carry orders.</summary>
    public WorkerOrders Orders { get; set; } = WorkerOrders.None;

    /// <summary>Leased and neither reported nor given back.</summary>
    public HashSet<TaskId> Held { get; } = [];

    /// <summary>Every report that took effect.</summary>
    public List<ExecutionReport> Reports { get; } = [];

    public List<HeldAttempt> Returned { get; } = [];

    /// <summary>While set, calls to complete wait here.</summary>
    public TaskCompletionSource? CompleteGate { get; set; }

    /// <summary>While set, beats take effect when it completes.</summary>
    public TaskCompletionSource? BeatGate { get; set; }

    /// <summary>Taken off the answers to the next call to complete.</summary>
    public int AnswersMissing { get; set; }

    public void Break(string call, Fault fault, int times = 1)
    {
        var queue = _faults.TryGetValue(call, out var found) ? found : _faults[call] = new Queue<Fault>();
        for (var time = 0; time < times; time++)
            queue.Enqueue(fault);
    }

    public void Offer(params TaskDispatch[] tasks)
    {
        foreach (var task in tasks)
            _waiting.Enqueue(task);
        AnswerPoll();
    }

    /// <summary>Answers the poll that waits, as it is at the end of its time or when orders come.</summary>
    public void AnswerPoll()
    {
        if (_poll is not { } poll || !poll.Answer.TrySetResult(Lease(poll.Request)))
            return;
        _poll = null;
    }

    /// <summary>A new server-side actor: it knows nothing until it is told.</summary>
    public void Forget()
    {
        (_batch, _batchNumber) = ([], 0);
        Held.Clear();
        foreach (var call in new[] { nameof(LeaseAsync), nameof(BeatAsync), nameof(CompleteAsync), nameof(ProgressAsync), nameof(LeaveAsync) })
            Statuses[call] = DoorStatus.InventoryWanted;
    }

    /// <summary>The incarnation ends: every call says so until the worker registers.</summary>
    public void Fence()
    {
        Held.Clear();
        (_batch, _batchNumber) = ([], 0);
        foreach (var call in new[] { nameof(LeaseAsync), nameof(BeatAsync), nameof(CompleteAsync), nameof(ProgressAsync), nameof(LeaveAsync), nameof(AdoptAsync) })
            Statuses[call] = DoorStatus.Fenced;
    }

    public Task<WorkerWelcome> RegisterAsync(WorkerRegistration request) => Call(nameof(RegisterAsync), () =>
    {
        Registrations.Add(request);
        var status = StatusOf(nameof(RegisterAsync));
        if (status != DoorStatus.Ok)
            return new WorkerWelcome { Status = status };
        Statuses.Clear();
        return new WorkerWelcome { Status = DoorStatus.Ok, Incarnation = ++Incarnation, Epoch = 1 };
    });

    public Task<LeaseReply> LeaseAsync(LeaseRequest request)
    {
        Leases.Add(request);
        var repeats = request.Number == _batchNumber;
        if (StatusOf(nameof(LeaseAsync)) != DoorStatus.Ok || repeats || _waiting.Count > 0 || request.Wait == TimeSpan.Zero || HasFault(nameof(LeaseAsync)))
            return Call(nameof(LeaseAsync), () => Lease(request));
        var answer = new TaskCompletionSource<LeaseReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _poll = (request, answer);
        return answer.Task;
    }

    public Task<CompleteReply> CompleteAsync(CompleteRequest request)
    {
        Completes.Add(request);
        return CompleteGate is null ? Call(nameof(CompleteAsync), () => Complete(request)) : CompleteAfterGate(request);
    }

    public Task<WorkerReply> ProgressAsync(ProgressRequest request)
    {
        Progresses.Add(request);
        return Call(nameof(ProgressAsync), () => Reply(nameof(ProgressAsync)));
    }

    public Task<WorkerReply> BeatAsync(WorkerBeat beat)
    {
        Beats.Add(beat);
        return BeatGate is { } gate ? BeatAfter(gate.Task) : Call(nameof(BeatAsync), () => Reply(nameof(BeatAsync)));
    }

    public Task<WorkerReply> AdoptAsync(WorkerInventory inventory)
    {
        Inventories.Add(inventory);
        return Call(nameof(AdoptAsync), () =>
        {
            var reply = Reply(nameof(AdoptAsync));
            if (reply.Status == DoorStatus.Ok)
            {
                Statuses.Clear();
                Held.UnionWith(inventory.Held.Select(held => held.Task.Id));
            }

            return reply;
        });
    }

    public Task<WorkerReply> LeaveAsync(WorkerLeave request)
    {
        Leaves++;
        return Call(nameof(LeaveAsync), () =>
        {
            _waiting.Clear();
            var reply = Reply(nameof(LeaveAsync));
            return reply.Status == DoorStatus.Ok && Held.Count > 0 ? reply with { Status = DoorStatus.StillHolding } : reply;
        });
    }

    private async Task<CompleteReply> CompleteAfterGate(CompleteRequest request)
    {
        await CompleteGate!.Task;
        return await Call(nameof(CompleteAsync), () => Complete(request));
    }

    private async Task<WorkerReply> BeatAfter(Task gate)
    {
        await gate;
        return Reply(nameof(BeatAsync));
    }

    private LeaseReply Lease(LeaseRequest request)
    {
        var status = StatusOf(nameof(LeaseAsync));
        if (status != DoorStatus.Ok)
            return new LeaseReply { Status = status };
        if (request.Number != _batchNumber && request.Number != _batchNumber + 1)
            return new LeaseReply { Status = DoorStatus.OutOfOrder, Number = _batchNumber + 1 };
        if (request.Number != _batchNumber)
        {
            var batch = new List<TaskDispatch>();
            while (batch.Count < request.Max && _waiting.TryDequeue(out var task))
                batch.Add(task);
            if (batch.Count > 0)
                (_batch, _batchNumber) = (batch, request.Number);
            Held.UnionWith(batch.Select(task => task.Id));
            return new LeaseReply { Status = DoorStatus.Ok, Number = request.Number, Tasks = batch, Orders = Orders };
        }

        return new LeaseReply { Status = DoorStatus.Ok, Number = _batchNumber, Tasks = _batch, Orders = Orders };
    }

    private CompleteReply Complete(CompleteRequest request)
    {
        var status = StatusOf(nameof(CompleteAsync));
        if (status != DoorStatus.Ok)
            return new CompleteReply { Status = status };
        Reports.AddRange(request.Reports);
        Returned.AddRange(request.Returned);
        Held.ExceptWith(request.Reports.Select(report => report.Id));
        Held.ExceptWith(request.Returned.Select(held => held.Id));
        return new CompleteReply
        {
            Status = DoorStatus.Ok,
            Answers = [.. request.Reports.SkipLast(TakeAnswersMissing()).Select(report => new RecordedOutcome(report.Id, report.Attempt, OutcomeAnswer.Recorded, StoredState.Succeeded, default))],
        };
    }

    private int TakeAnswersMissing()
    {
        var missing = AnswersMissing;
        AnswersMissing = 0;
        return missing;
    }

    private WorkerReply Reply(string call) => new() { Status = StatusOf(call), Epoch = 1, Orders = Orders };

    private DoorStatus StatusOf(string call) => Statuses.GetValueOrDefault(call, DoorStatus.Ok);

    private bool HasFault(string call) => _faults.TryGetValue(call, out var queue) && queue.Count > 0;

    private Task<TReply> Call<TReply>(string call, Func<TReply> effect)
    {
        if (!HasFault(call))
            return Task.FromResult(effect());
        var fault = _faults[call].Dequeue();
        if (fault != Fault.LoseCall)
            effect();
        return fault == Fault.Hang ? new TaskCompletionSource<TReply>(TaskCreationOptions.RunContinuationsAsynchronously).Task : Task.FromException<TReply>(new IOException($"{call} was lost by the test."));
    }
}
