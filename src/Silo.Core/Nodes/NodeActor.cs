using Silo.Core.Engine;

namespace Silo.Core.Nodes;

/// <summary>The door of one node: between the scheduler, whose commands it applies in order, and the worker, which leases and completes. It records outcomes
/// under the node's fence. Its memory may be lost at any time: a new one learns from its worker what is held.</summary>
public sealed partial class NodeActor : INodeActor, IActorLifecycle, IAsyncDisposable
{
    private readonly string _name;
    private readonly string _pool;
    private readonly NodePorts _ports;
    private readonly string _activation;
    private readonly CancellationTokenSource _stopping = new();
    private readonly OutcomeRecorder _recorder;
    private readonly ReportSender _reports;
    private readonly LeaseDesk _leases;
    private readonly AnswerMemory _answers = new();
    private HeldTable _table = new();
    private NodeStandingHere _standing = NodeStandingHere.New;
    private NodeFence _fence;
    private NodeRegistration? _registration;
    private long _epoch;
    private long _lastCommand;
    private bool _leaving;
    private bool _markingRunning;
    private bool _offering;
    private long _lastInventory;
    private (HeldDigest Theirs, HeldDigest Ours)? _suspected;

    public NodeActor(string name, string pool, NodePorts ports)
    {
        (_name, _pool, _ports) = (name, pool, ports);
        _activation = ports.Ids.NewInstanceId();
        _fence = new NodeFence(name, 0);
        _recorder = new OutcomeRecorder(ports, OnRecorded, _stopping.Token);
        _reports = new ReportSender(pool, _activation, ports, OnStanding, _stopping.Token);
        _leases = new LeaseDesk(ports, _stopping.Token);
    }

    private enum NodeStandingHere
    {
        /// <summary>Knows nothing: the worker must say what it holds.</summary>
        New,

        Alive,

        /// <summary>The incarnation has ended.</summary>
        Ended,
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync()
    {
        _stopping.Cancel();
        _leases.Restart();
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    public async Task<WorkerWelcome> RegisterAsync(WorkerRegistration request)
    {
        var reply = await AskAsync(static (scheduler, asked) => scheduler.RegisterNodeAsync(asked), new RegisterNode(request.Registration, _activation));
        if (reply is null || reply.Status != RegisterStatus.Registered)
            return new WorkerWelcome { Status = reply?.Status == RegisterStatus.NameInUse ? DoorStatus.NameInUse : DoorStatus.NotReady };
        if (reply.Incarnation < _fence.Incarnation)
            return new WorkerWelcome { Status = DoorStatus.NotReady };
        if (reply.Incarnation > _fence.Incarnation || _standing != NodeStandingHere.Alive)
            Begin(request.Registration, reply.Incarnation, reply.Epoch, new HeldTable());
        return new WorkerWelcome
        {
            Status = DoorStatus.Ok,
            Incarnation = reply.Incarnation,
            Epoch = reply.Epoch,
            BeatInterval = request.Registration.BeatInterval,
        };
    }

    public async Task<LeaseReply> LeaseAsync(LeaseRequest request)
    {
        if (Refusal(request.Incarnation) is { } refused)
            return new LeaseReply { Status = refused };
        var storeEveryStart = _registration is { } registration && registration.BeatInterval > NodeLimits.SlowBeat;
        var reply = await _leases.LeaseAsync(request, _table, _fence, storeEveryStart);
        return Refusal(request.Incarnation) is { } refusedNow ? new LeaseReply { Status = refusedNow } : reply;
    }

    public Task<WorkerReply> ProgressAsync(ProgressRequest request)
    {
        if (Refusal(request.Incarnation) is { } refused)
            return Task.FromResult(new WorkerReply { Status = refused });
        var events = new List<TaskEvent>(request.Items.Count);
        foreach (var item in request.Items)
            if (_table.Find(item.Id, item.Attempt) is { } entry)
                events.Add(new TaskEvent { Kind = TaskEventKind.Progress, Id = item.Id, Queue = entry.Dispatch.Queue, Node = _name, Attempt = item.Attempt, Progress = item });
        _ports.Events.Publish(events);
        return Task.FromResult(new WorkerReply { Status = DoorStatus.Ok, Epoch = _epoch, Orders = _table.Orders() });
    }

    public async Task<WorkerReply> BeatAsync(WorkerBeat beat)
    {
        if (Refusal(beat.Incarnation) is { } refused)
            return new WorkerReply { Status = refused };
        MarkRunning(beat.Started);
        if (!AgreesOnHeld(beat))
            return new WorkerReply { Status = DoorStatus.InventoryWanted, Epoch = _epoch };

        var message = new NodeBeat
        {
            Fence = _fence,
            Activation = _activation,
            Epoch = _epoch,
            Load = beat.Load,
            Running = beat.Running,
            LastCommand = _lastCommand,
            LastReport = _reports.LastMade,
            ReportsPending = _reports.Pending,
            Held = _table.Digest,
        };
        var reply = await AskAsync(static (scheduler, asked) => scheduler.BeatAsync(asked), message);
        if (reply is not null && reply.Standing != NodeStanding.Alive && message.Fence == _fence)
            OnStanding(reply.Standing, reply.Epoch);
        if (Refusal(beat.Incarnation) is { } refusedNow)
            return new WorkerReply { Status = refusedNow };
        return reply is { Standing: NodeStanding.Alive }
            ? new WorkerReply { Status = DoorStatus.Ok, Epoch = reply.Epoch, Orders = _table.Orders() }
            : new WorkerReply { Status = DoorStatus.NotReady, Epoch = _epoch, Orders = _table.Orders() };
    }

    public async Task<WorkerReply> LeaveAsync(WorkerLeave request)
    {
        if (Refusal(request.Incarnation) is { } refused)
            return new WorkerReply { Status = refused };
        _leaving = true;
        foreach (var dispatch in _table.RecallQueued())
            _reports.Returned(dispatch);
        _reports.Flush();
        var fence = _fence;
        var reply = await AskAsync(static (scheduler, asked) => scheduler.LeaveNodeAsync(asked), new LeaveNode(fence));
        if (reply is { Left: true } && fence == _fence)
            End();
        var status = reply switch { null => DoorStatus.NotReady, { Left: true } => DoorStatus.Ok, _ => DoorStatus.StillHolding };
        return new WorkerReply { Status = status, Epoch = _epoch, Orders = _table.Orders() };
    }

    public Task<NodeCommandsReply> ApplyAsync(NodeCommands commands)
    {
        var status = Judge(commands);
        if (status == CommandsStatus.Applied && commands.Number == _lastCommand + 1)
        {
            _lastCommand = commands.Number;
            Apply(commands);
        }

        return Task.FromResult(new NodeCommandsReply(status, _lastCommand + 1, _epoch));
    }

    public Task<NodeInventory> ReadInventoryAsync(ReadInventory request)
    {
        if (request.Epoch > _epoch)
            TakeEpoch(request.Epoch);
        return Task.FromResult(Inventory(_fence, _table, _lastCommand, _reports.LastMade, known: _standing == NodeStandingHere.Alive));
    }

    private CommandsStatus Judge(NodeCommands commands)
    {
        if (commands.Epoch < _epoch)
            return CommandsStatus.StaleEpoch;
        // Commands of a new epoch before its inventory was read would pass over what was not reported yet.
        if (commands.Activation != _activation || commands.Epoch > _epoch || _standing == NodeStandingHere.New)
            return CommandsStatus.InventoryWanted;
        if (commands.Incarnation != _fence.Incarnation || _standing == NodeStandingHere.Ended)
            return CommandsStatus.WrongIncarnation;
        return commands.Number <= _lastCommand + 1 ? CommandsStatus.Applied : CommandsStatus.Gap;
    }

    private void Apply(NodeCommands commands)
    {
        foreach (var dispatch in commands.Dispatch)
        {
            // A leaving node starts nothing more; its scheduler may not know yet.
            if (_leaving)
                _reports.Returned(dispatch);
            else
                _table.Admit(dispatch);
        }

        foreach (var dispatch in _table.Recall(commands.Recall))
            _reports.Returned(dispatch);
        foreach (var dispatch in _table.Cancel(commands.Cancel))
            _reports.Returned(dispatch);
        _leases.Wake();
        _reports.Flush();
    }
}
