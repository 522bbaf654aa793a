using Silo.Core.Engine;
using Silo.Core.Storage;

namespace Silo.Core.Scheduling;

/// <summary>Places the tasks of one pool. It takes an epoch once, learns from every node what it holds, and then acts until a newer scheduler is found.</summary>
public sealed partial class SchedulerActor : ISchedulerActor, IActorLifecycle, IAsyncDisposable
{
    private readonly SchedulerOptions _options;
    private readonly SchedulerPorts _ports;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SchedulerBoard _board;
    private readonly PlacementRound _round;
    private readonly NodeCourier _courier;
    private readonly NodeWatch _watch;
    private readonly SubmitNotices _notices;
    private readonly Signal _pulse;
    private readonly Dictionary<string, NodeRecord> _known = [];
    private readonly HashSet<string> _registering = [];
    private long _epoch;
    private bool _nodesKnown;
    private bool _acting;
    private Task _running = Task.CompletedTask;

    public SchedulerActor(SchedulerOptions options, SchedulerPorts ports)
    {
        (_options, _ports) = (options, ports);
        _board = new SchedulerBoard(options, ports.Strategies, ports.Random, ports.Time);
        _round = new PlacementRound(_board, ports.Time, ports.Logger);
        _courier = new NodeCourier(options, ports, StepDown, _stopping.Token);
        _watch = new NodeWatch(options, ports.Time);
        _notices = new SubmitNotices(_board, ports.Clock, new RecentIds(ports.Time));
        _pulse = new Signal(ports.Time);
    }

    /// <summary>True once a newer scheduler has refused this one; it never acts again.</summary>
    public bool HasSteppedDown { get; private set; }

    /// <summary>For checks from outside; the turn of the actor owns it.</summary>
    internal SchedulerBoard Board => _board;

    internal long Epoch => _epoch;

    internal bool Acting => _acting;

    /// <summary>Begins the takeover and returns at once.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = RunAsync();
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        _acting = false;
        _stopping.Cancel();
        _pulse.Set();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    public async Task<RegisterNodeReply> RegisterNodeAsync(RegisterNode request)
    {
        var registration = request.Registration;
        if (!_nodesKnown || _registering.Contains(registration.Name) || _forgetting == registration.Name)
            return new RegisterNodeReply(RegisterStatus.NotReady, 0, _epoch, false);
        if (_board.Nodes.TryGetValue(registration.Name, out var present) && present.Registration.Instance != registration.Instance && IsFresh(present) && !HasEnded(present))
            return new RegisterNodeReply(RegisterStatus.NameInUse, present.Fence.Incarnation, _epoch, false);

        _registering.Add(registration.Name);
        try
        {
            var answer = await _ports.Store.RegisterNodeAsync(_options.Pool, _epoch, registration, _stopping.Token);
            if (answer.Answer == EpochAnswer.StaleEpoch)
                StepDown(_epoch + 1);
            if (!_nodesKnown || answer.Answer != EpochAnswer.Done || IsOvertaken(registration.Name, answer.Incarnation))
                return new RegisterNodeReply(RegisterStatus.NotReady, 0, _epoch, false);
            Admit(request, answer);
            return new RegisterNodeReply(RegisterStatus.Registered, answer.Incarnation, _epoch, answer.Draining);
        }
        catch (Exception failure) when (failure is StoreUnavailableException or StoreUnknownException or OperationCanceledException)
        {
            LogStoreAway(_ports.Logger, "registering a node", StoreFailure.InOneLine(failure));
            return new RegisterNodeReply(RegisterStatus.NotReady, 0, _epoch, false);
        }
        finally
        {
            _registering.Remove(registration.Name);
        }
    }

    public Task<NodeBeatReply> BeatAsync(NodeBeat beat)
    {
        var (standing, node) = Stand(beat.Fence);
        if (node is not null)
        {
            node.Silence = TimeSpan.Zero;
            node.Running = beat.Running;
            node.Load = beat.Load ?? node.Load;
            if (node.Awaited || beat.Activation != node.Outbox.Activation || beat.Epoch != _epoch || !Agrees(node, beat))
                standing = NodeStanding.InventoryWanted;
        }

        return Task.FromResult(new NodeBeatReply(standing, _epoch));
    }

    public Task<NodeReportReply> ReportAsync(NodeReport report)
    {
        var (standing, node) = Stand(report.Fence);
        if (node is null)
            return Task.FromResult(new NodeReportReply(standing, _epoch, 0));
        if (node.Awaited || report.Epoch != _epoch || report.Activation != node.Outbox.Activation || report.Number > node.LastReport + 1)
            return Task.FromResult(new NodeReportReply(NodeStanding.InventoryWanted, _epoch, node.LastReport));
        if (report.Number == node.LastReport + 1)
        {
            node.LastReport = report.Number;
            _board.ApplyReport(node, report);
            ActSoon();
        }

        return Task.FromResult(new NodeReportReply(NodeStanding.Alive, _epoch, node.LastReport));
    }

    /// <remarks>Only a hint: the scheduler asks the node's actor itself, so that an inventory that was under way for long is never believed.</remarks>
    public Task<OfferInventoryReply> OfferInventoryAsync(NodeInventory inventory)
    {
        var (standing, node) = Stand(inventory.Fence);
        if (node is not null)
            PullInventory(node);
        return Task.FromResult(new OfferInventoryReply(standing, _epoch));
    }

    public async Task<LeaveNodeReply> LeaveNodeAsync(LeaveNode request)
    {
        var (standing, node) = Stand(request.Fence);
        if (node is null)
            return new LeaveNodeReply(standing == NodeStanding.Fenced);
        node.Leaving = true;
        _board.Recall(_board.On(node).Where(assignment => node.Outbox.IsUnsent(assignment.Id)));
        ActSoon();
        if (node.Held.Count > 0 || node.Outbox.Any || node.Awaited)
            return new LeaveNodeReply(false);
        return new LeaveNodeReply(await FenceAsync(node, FenceReason.Left));
    }

    public Task<SubmitNoticeReply> NotifySubmittedAsync(SubmitNotice notice)
    {
        if (!_acting)
            return Task.FromResult(new SubmitNoticeReply(false, notice.Number));
        var (expected, gap) = _notices.Apply(notice);
        if (gap)
            Rescan();
        ActSoon();
        return Task.FromResult(new SubmitNoticeReply(true, expected));
    }

    public Task<CancelNoticeReply> NotifyCancelAsync(CancelNotice notice)
    {
        if (!_acting)
            return Task.FromResult(new CancelNoticeReply(false));
        _board.Cancel(notice.Ids);
        ActSoon();
        return Task.FromResult(new CancelNoticeReply(true));
    }
}
