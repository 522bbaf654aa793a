using System.Collections.Concurrent;
using Silo.Core.Engine;
using Silo.Core.Handlers;

namespace Silo.Core.Workers;

/// <summary>Starts, stops and ends handlers. It outlives incarnations, because a handler that ignores its cancellation keeps its slot in the next one.</summary>
internal sealed class WorkerExecutions : IDisposable
{
    private readonly WorkerEnvironment _environment;
    private readonly IHandlerCatalog _catalog;
    private readonly TimeSpan _cancelGrace;
    private readonly Action<Exception> _fail;
    private readonly TaskFactory _handlers;
    private readonly TaskFactory _turns;
    private readonly HandlerRuns _runs;
    private readonly RunningExecutions _running = new();
    private readonly ConcurrentQueue<Execution> _returned = new();
    private int _takingReturned;
    private readonly ITimer _timer;
    private readonly long _epoch;
    private TimeSpan _timerAt = TimeSpan.MaxValue;
    private TimeSpan _mayStartUntil = TimeSpan.MinValue;
    private long _sequence;
    private bool _leaving;

    public WorkerExecutions(WorkerEnvironment environment, IHandlerCatalog catalog, WorkerOptions options, TaskFactory turns, Action<Exception> fail)
    {
        (_environment, _catalog, _cancelGrace, _turns, _fail) = (environment, catalog, options.CancelGrace, turns, fail);
        _epoch = environment.Time.GetTimestamp();
        _handlers = new TaskFactory(CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskContinuationOptions.None, environment.Handlers);
        _runs = new HandlerRuns(_handlers);
        _timer = environment.Time.CreateTimer(_ => turns.StartNew(EndDue), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Queue = new WorkQueue(options.Slots!.Value);
    }

    public WorkQueue Queue { get; }

    public WorkerProgress Progress { get; } = new();

    /// <summary>Set when reports or give-backs wait to be sent.</summary>
    public WorkerSignal OutboxReady { get; } = new();

    public TimeProvider Time => _environment.Time;

    /// <summary>The worker's monotonic time.</summary>
    public TimeSpan Now => Time.GetElapsedTime(_epoch);

    public bool LeaseLapsed => Now > _mayStartUntil;

    /// <summary>In no order; orphans are not among them.</summary>
    public IReadOnlyList<Execution> Running => _running.All;

    /// <summary>The server knows that this node is alive, so it may start tasks until then.</summary>
    public void ExtendLease(TimeSpan until)
    {
        _mayStartUntil = until;
        StartWaiting();
    }

    public void Accept(IReadOnlyList<TaskDispatch> tasks)
    {
        for (var index = 0; index < tasks.Count; index++)
            Queue.Accept(tasks[index]);
        StartWaiting();
    }

    public void Apply(WorkerOrders orders)
    {
        if (!orders.Any)
            return;
        foreach (var id in orders.Recall)
            Queue.Recall(id);
        foreach (var id in orders.Cancel)
        {
            if (Queue.Cancel(id) is { } running)
                Stop(running.Execution!, StopCause.Cancel);
        }

        OutboxReady.Set();
    }

    /// <summary>From now on nothing is started: what waits, and what still comes, is given back.</summary>
    public void BeginLeave()
    {
        _leaving = true;
        StartWaiting();
    }

    /// <summary>Tells every handler to stop, so that its task can be given back.</summary>
    public void ReleaseRunning()
    {
        foreach (var execution in _running.All.ToArray())
            Stop(execution, StopCause.Release);
    }

    /// <summary>Nothing of this incarnation counts any more: handlers are told to stop and keep their slots until they return.</summary>
    public void EndIncarnation()
    {
        _mayStartUntil = TimeSpan.MinValue;
        var running = _running.Clear();
        Queue.Fence();
        Progress.Take();
        foreach (var execution in running)
            SendStop(execution);
    }

    /// <summary>Starts what waits, as far as slots, lease and the bound of unrecorded reports allow.</summary>
    public void StartWaiting()
    {
        if (_leaving)
        {
            Queue.GiveBackUnstarted();
            OutboxReady.Set();
        }

        if (Queue.Queued == 0 || !Queue.MayStart || LeaseLapsed)
            return;
        var now = Now;
        while (Queue.StartNext() is { } item)
        {
            var task = item.Task;
            var execution = new Execution(item, _catalog.Find(task.Type), now, _sequence++, this);
            item.Execution = execution;
            _running.Add(execution);
            ArmTimer(execution.Due);
            _environment.Observer?.Started(task);
            _runs.Start(execution);
        }
    }

    /// <summary>On whatever thread the handler returned. Those that return together share one turn of the worker.</summary>
    public void OnReturned(Execution execution)
    {
        _returned.Enqueue(execution);
        if (Interlocked.Exchange(ref _takingReturned, 1) == 0)
            _turns.StartNew(TakeReturned);
    }

    public void Dispose() => _timer.Dispose();

    private void TakeReturned()
    {
        try
        {
            // Before the first is taken: who returns from here on asks for another turn.
            Interlocked.Exchange(ref _takingReturned, 0);
            var now = Now;
            while (_returned.TryDequeue(out var execution))
                End(execution, now);
            StartWaiting();
        }
        catch (Exception broken)
        {
            _fail(broken);
        }
    }

    private void End(Execution execution, TimeSpan now)
    {
        Queue.Free(execution.Item);
        _running.Remove(execution);
        if (!Report(execution, ExecutionVerdict.OfReturn(execution, now - execution.StartedAt)) && execution.Failure is not (null or OperationCanceledException))
            WorkerLog.LateFailure(_environment.Logger, execution.Failure, execution.Item.Task.Id.ToString(), execution.Item.Task.Attempt);
    }

    private bool Report(Execution execution, ExecutionReport report)
    {
        if (!Queue.Report(execution.Item, report))
            return false;
        _environment.Observer?.Ended(execution.Item.Task, report);
        OutboxReady.Set();
        return true;
    }

    private void Stop(Execution execution, StopCause cause)
    {
        if (cause <= execution.Cause)
            return;
        execution.Cause = cause;
        var graceEnds = Now + _cancelGrace;
        execution.Due = graceEnds < execution.Due ? graceEnds : execution.Due;
        ArmTimer(execution.Due);
        SendStop(execution);
    }

    /// <summary>A handler's own reactions to its cancellation run where handlers run, never on a turn of the worker.</summary>
    private void SendStop(Execution execution) => _handlers.StartNew(
        () =>
        {
            try
            {
                execution.Stop();
            }
            catch (AggregateException thrown)
            {
                WorkerLog.CancellationFailed(_environment.Logger, thrown, execution.Item.Task.Id.ToString(), execution.Item.Task.Attempt);
            }
        });

    /// <summary>Ends every execution whose time is over, and sets the timer to the next.</summary>
    private void EndDue()
    {
        try
        {
            _timerAt = TimeSpan.MaxValue;
            var now = Now;
            foreach (var execution in _running.TakeDue(now))
            {
                Report(execution, ExecutionVerdict.OfDeadline(execution, now));
                if (execution.StopRequested)
                    WorkerLog.Orphaned(_environment.Logger, execution.Item.Task.Id.ToString(), execution.Item.Task.Attempt);
                else
                    SendStop(execution);
            }

            if (_running.NextDue() is { } next)
                ArmTimer(next);
        }
        catch (Exception broken)
        {
            _fail(broken);
        }
    }

    private void ArmTimer(TimeSpan due)
    {
        if (due >= _timerAt)
            return;
        _timerAt = due;
        // Timers count in milliseconds and cut the rest off: rounding up keeps one from firing too early, again and again.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, (due - Now).TotalMilliseconds)));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
