using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Core.Scheduling;

/// <content>The life of the scheduler: takeover, then decisions whenever something changed, and a tick for what only time changes.</content>
public sealed partial class SchedulerActor
{
    private const int CancelPage = 1000;

    private static readonly TimeSpan RecallAfter = TimeSpan.FromSeconds(1);

    private bool _actQueued;
    private long _sweptAt;
    private long _tickedAt;
    private DateTimeOffset _wakesAt;
    private bool _probing;

    private async Task RunAsync()
    {
        try
        {
            await TakeOverAsync();
            while (!_stopping.IsCancellationRequested)
            {
                await _pulse.WaitAsync(UntilNextPulse(), _stopping.Token);
                if (_ports.Time.GetElapsedTime(_tickedAt) >= _options.Tick)
                    Tick();
                ActSoon();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped in the middle of the takeover.
        }
        catch (Exception broken)
        {
            Break(broken);
        }
    }

    /// <summary>Rule 9: take the epoch, hear every living node or fence it, load, and only then dispatch.</summary>
    private async Task TakeOverAsync()
    {
        if (_ports.WhenOurs is { } whenOurs)
            await UntilStoredAsync(async () =>
            {
                await whenOurs(_stopping.Token);
                return true;
            });
        _epoch = await UntilStoredAsync(() => _ports.Store.TakeEpochAsync(_options.Pool, _stopping.Token));
        _ = RememberAsync();
        await ProbeAsync();
        foreach (var settings in await UntilStoredAsync(() => _ports.Store.ReadQueuesAsync(_stopping.Token)))
            LoadQueue(settings);
        foreach (var record in await UntilStoredAsync(() => _ports.Store.ReadNodesAsync(_options.Pool, _stopping.Token)))
        {
            _known[record.Registration.Name] = record;
            if (record.Alive)
                _board.Nodes[record.Registration.Name] = new NodeState(record.Registration, record.Incarnation, activation: "") { Awaited = true, Draining = record.Draining };
            else if (!record.LeftInOrder)
                _board.CautiousStarts += _options.CautiousStarts;
        }

        _nodesKnown = true;
        LogTakingOver(_ports.Logger, _options.Pool, _epoch, _board.Nodes.Count);
        await HearNodesAsync();
        for (var after = default(TaskId); ;)
        {
            var page = await UntilStoredAsync(() => _ports.Store.ReadCancelsAsync(after, CancelPage, _stopping.Token));
            _board.Cancel(page);
            if (page.Count < CancelPage)
                break;
            after = page[^1];
        }

        await FindPrioritiesAsync();
        foreach (var queue in _board.Queues.Values)
            queue.Window.Forget();
        _sweptAt = _ports.Time.GetTimestamp();
        _acting = !HasSteppedDown;
        LogActing(_ports.Logger, _options.Pool, _epoch);
        ActSoon();
    }

    /// <summary>A queue whose strategy this program lacks starts nothing until it is given another: placed by a strategy nobody chose, its tasks could go anywhere.</summary>
    private void LoadQueue(QueueSettings settings)
    {
        if (_ports.Strategies.Contains(settings.Strategy))
        {
            _board.SetQueue(settings);
            return;
        }

        LogUnknownStrategy(_ports.Logger, settings.Name, settings.Strategy, string.Join(", ", _ports.Strategies.Names));
        _board.SetQueue(settings with { Strategy = QueueSettings.StrategyDefault, Paused = true });
    }

    private async Task HearNodesAsync()
    {
        foreach (var node in _board.Nodes.Values)
            PullInventory(node);
        // Counted in waits, not by the clock: a pause of this process is not the nodes' silence (rule 13).
        for (var waited = TimeSpan.Zero; waited < _options.TakeoverGrace && _board.Nodes.Values.Any(static node => node.Awaited); waited += PullWait)
        {
            await FenceAwaitedAsync(HasEnded);
            await Task.Delay(PullWait, _ports.Time, _stopping.Token);
        }

        await FenceAwaitedAsync(static _ => true);
    }

    private async Task FenceAwaitedAsync(Func<NodeState, bool> which)
    {
        foreach (var silent in _board.Nodes.Values.Where(node => node.Awaited && which(node)).ToList())
        {
            _board.CautiousStarts += _options.CautiousStarts;
            await FenceAsync(silent, FenceReason.Died);
        }
    }

    /// <summary>Decides once for all that happens in this turn and the ones already queued behind it.</summary>
    private void ActSoon()
    {
        if (_actQueued)
            return;
        _actQueued = true;
        _ = ActAsync();
    }

    private async Task ActAsync()
    {
        await Task.Yield();
        _actQueued = false;
        if (!_acting)
            return;
        try
        {
            Act();
        }
        catch (Exception broken)
        {
            Break(broken);
        }
    }

    private void Act()
    {
        var now = _ports.Clock.LowerBound;
        var placed = _round.Run(now, _epoch);
        foreach (var node in _board.Nodes.Values)
            _courier.Carry(node, _epoch);
        RunErrands(now);
        if (placed.Count > 0 && _ports.Events.Listening)
            _ports.Events.Publish(placed.ConvertAll(static sent => new TaskEvent { Kind = TaskEventKind.Dispatched, Id = sent.Id, Queue = sent.Queue, Node = sent.Node.Name, Attempt = sent.Attempt }));
        // A task that becomes due before the loop would wake shortens its wait.
        if (NextDue() < _wakesAt)
            _pulse.Set();
    }

    private TimeSpan UntilNextPulse()
    {
        var now = _ports.Clock.LowerBound;
        var tick = now + _options.Tick;
        _wakesAt = NextDue() is { } due && due < tick ? due : tick;
        return _wakesAt - now;
    }

    private DateTimeOffset? NextDue()
    {
        DateTimeOffset? earliest = null;
        foreach (var queue in _board.Queues.Values)
            if (queue.MayStart && queue.Window.NextDue() is { } due && !(earliest <= due))
                earliest = due;
        return earliest;
    }

    private void Tick()
    {
        _tickedAt = _ports.Time.GetTimestamp();
        if (!_acting)
            return;
        var added = _watch.Tick();
        foreach (var node in _board.Nodes.Values.ToList())
        {
            node.Silence += added;
            if (!node.Fencing && (_watch.IsDead(node) || HasEnded(node)))
                _ = FenceAsync(node, FenceReason.Died);
        }

        RecallWaiting();
        _board.ReleaseQuarantine();
        if (!_probing && _ports.Time.GetElapsedTime(_probedAt) >= _options.StoreProbe)
            _ = ProbeAsync();
        if (_ports.Time.GetElapsedTime(_sweptAt) >= _options.Sweep)
            Sweep();
        if (_ports.Time.GetElapsedTime(_rememberedAt) >= _options.Remember)
            _ = RememberAsync();
    }

    /// <summary>Work that has waited on a node beyond the look-ahead while another node is idle is asked back (rule 19).</summary>
    private void RecallWaiting()
    {
        if (!_board.Nodes.Values.Any(static node => node.Accepting && node.Occupied < node.Slots))
            return;
        foreach (var node in _board.Nodes.Values.Where(static node => node.Occupied > node.Slots && !node.Fencing).ToList())
            _board.Recall(_board.On(node).Where(sent => !sent.Freed && !sent.Recalled && _ports.Time.GetElapsedTime(sent.SentAt) > RecallAfter));
    }

    /// <summary>Finds what every message missed: waiting rows that nobody told of, and rows marked as running on a node that does not hold them.</summary>
    private void Sweep()
    {
        Rescan();
        foreach (var node in _board.Nodes.Values)
            PullInventory(node);
        if (!_forgettingOld)
            _ = ForgetOldNodesAsync();
    }

    /// <summary>Something may be in the store that no notice told of: every waiting row is looked at again.</summary>
    /// <remarks>Also where the window has more than it can hold: it goes on above its watermark, and what was missed is below.</remarks>
    private void Rescan()
    {
        _sweptAt = _ports.Time.GetTimestamp();
        foreach (var queue in _board.Queues.Values)
            queue.Window.Forget();
        _ = FindPrioritiesAsync();
    }

    /// <summary>A promise of this code is broken: its memory can be trusted no more, and only a new scheduler, which asks everybody again, may go on.</summary>
    private void Break(Exception broken)
    {
        LogBroken(_ports.Logger, broken, _options.Pool);
        StepDown(_epoch);
    }

    private void StepDown(long newer)
    {
        if (HasSteppedDown)
            return;
        HasSteppedDown = true;
        (_acting, _nodesKnown) = (false, false);
        foreach (var node in _board.Nodes.Values)
            node.Outbox.Close();
        LogSteppedDown(_ports.Logger, _options.Pool, _epoch, newer);
        _stopping.Cancel();
        _pulse.Set();
        _ports.SteppedDown?.Invoke();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The scheduler of pool {Pool} has taken epoch {Epoch} and asks {Nodes} nodes what they hold.")]
    private static partial void LogTakingOver(ILogger logger, string pool, long epoch, int nodes);

    [LoggerMessage(Level = LogLevel.Error, Message = "Queue {Queue} is paused: there is no placement strategy {Strategy} in this program. Set one of {Known}.")]
    private static partial void LogUnknownStrategy(ILogger logger, string queue, string strategy, string known);

    [LoggerMessage(Level = LogLevel.Information, Message = "The scheduler of pool {Pool} acts in epoch {Epoch}.")]
    private static partial void LogActing(ILogger logger, string pool, long epoch);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The scheduler of pool {Pool} is broken and stops; its successor takes over.")]
    private static partial void LogBroken(ILogger logger, Exception broken, string pool);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The scheduler of pool {Pool} steps down: its epoch is {Epoch}, and {Newer} or newer was seen.")]
    private static partial void LogSteppedDown(ILogger logger, string pool, long epoch, long newer);
}
