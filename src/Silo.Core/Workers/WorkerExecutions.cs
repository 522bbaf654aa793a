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
    private readonly SortedSet<Execution> _due = new(DueOrder.Instance);
    private readonly ITimer _timer;
    private readonly long _epoch;
    private TimeSpan _timerAt = TimeSpan.MaxValue;
    private TimeSpan _mayStartUntil = TimeSpan.MinValue;
    private long _sequence;
    private bool _leaving;

    public WorkerExecutions(WorkerEnvironment environment, IHandlerCatalog catalog, WorkerOptions options, TaskFactory turns, Action<Exception> fail)
    {
        (_environment, _catalog, _cancelGrace, _fail) = (environment, catalog, options.CancelGrace, fail);
        _epoch = environment.Time.GetTimestamp();
        _handlers = new TaskFactory(CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskContinuationOptions.None, environment.Handlers);
        _timer = environment.Time.CreateTimer(_ => turns.StartNew(EndDue), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Queue = new WorkQueue(options.Slots!.Value);
    }

    public WorkQueue Queue { get; }

    public WorkerProgress Progress { get; } = new();

    /// <summary>Set when reports or give-backs wait to be sent.</summary>
    public WorkerSignal OutboxReady { get; } = new();

    /// <summary>The worker's monotonic time.</summary>
    public TimeSpan Now => _environment.Time.GetElapsedTime(_epoch);

    public bool LeaseLapsed => Now > _mayStartUntil;

    /// <summary>Running executions, those due first leading; orphans are not among them.</summary>
    public IEnumerable<Execution> Running => _due;

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
        foreach (var execution in _due.ToArray())
            Stop(execution, StopCause.Release);
    }

    /// <summary>Nothing of this incarnation counts any more: handlers are told to stop and keep their slots until they return.</summary>
    public void EndIncarnation()
    {
        _mayStartUntil = TimeSpan.MinValue;
        var running = _due.ToArray();
        _due.Clear();
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
            var execution = new Execution(item, _catalog.Find(task.Type), new WorkerTaskContext(task, _environment.Time, Progress), now, _sequence++);
            item.Execution = execution;
            _due.Add(execution);
            ArmTimer(execution.Due);
            _environment.Observer?.Started(task);
            _ = RunAsync(execution);
        }
    }

    public void Dispose() => _timer.Dispose();

    private async Task RunAsync(Execution execution)
    {
        try
        {
            ReadOnlyMemory<byte> result = default;
            Exception? failure = null;
            try
            {
                // Two awaits instead of Unwrap, which may take a way over the thread pool that a simulation does not own.
                result = await await _handlers.StartNew(static run => ((Execution)run!).InvokeAsync(), execution);
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }

            Queue.Free(execution.Item);
            _due.Remove(execution);
            if (!Report(execution, ExecutionVerdict.OfReturn(execution, result, failure, Now - execution.StartedAt)) && failure is not (null or OperationCanceledException))
                WorkerLog.LateFailure(_environment.Logger, failure, execution.Item.Task.Id.ToString(), execution.Item.Task.Attempt);
            StartWaiting();
        }
        catch (Exception broken)
        {
            _fail(broken);
        }
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
        _due.Remove(execution);
        var graceEnds = Now + _cancelGrace;
        execution.Due = graceEnds < execution.Due ? graceEnds : execution.Due;
        _due.Add(execution);
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
            while (_due.Min is { } execution && execution.Due <= now)
            {
                _due.Remove(execution);
                Report(execution, ExecutionVerdict.OfDeadline(execution, now));
                if (execution.StopRequested)
                    WorkerLog.Orphaned(_environment.Logger, execution.Item.Task.Id.ToString(), execution.Item.Task.Attempt);
                else
                    SendStop(execution);
            }

            if (_due.Min is { } next)
                ArmTimer(next.Due);
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
