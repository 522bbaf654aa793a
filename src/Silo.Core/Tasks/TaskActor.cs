using Silo.Core.Engine;
using Silo.Core.Storage;

namespace Silo.Core.Tasks;

/// <summary>One task for those who ask about it: its row, live hints, and a wake-up when it ends. It decides nothing and may be dropped at any time.</summary>
/// <remarks>Whoever hosts it forwards the live events of its task to <see cref="NotifyAsync"/> from before the first call until it is dropped.</remarks>
public sealed class TaskActor(TaskId id, ITaskStore store, IActors actors, StoreClock clock, TimeProvider time, string pool) : ITaskActor, IActorLifecycle
{
    /// <summary>A wait reads the row again this often, in case the wake-up was lost.</summary>
    public static readonly TimeSpan RereadInterval = TimeSpan.FromSeconds(5);

    /// <summary>A scheduler that takes longer to say where the task is counts as not knowing.</summary>
    public static readonly TimeSpan LocateTimeout = TimeSpan.FromMilliseconds(500);

    private readonly HashSet<TaskCompletionSource> _waiters = [];
    private readonly LogTail _logs = new();
    private TaskProgress? _progress;
    private int _endings;
    private CancellationToken _stopping;
    private bool _stopped;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _stopping = cancellationToken;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync()
    {
        _stopped = true;
        WakeWaiters();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<TaskStatusReply> ReadAsync(ReadTask request)
    {
        while (true)
        {
            var endings = _endings;
            var locating = LocateAsync();
            var row = await store.FindAsync(id, _stopping);
            if (row is null || row.State.IsTerminal())
            {
                return Shown(row, location: null);
            }

            // An end that was told while we asked makes the row stale: showing it would step back from running to ready.
            var location = await locating;
            if (endings == _endings)
            {
                return Shown(row, location);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<TaskStatusReply> WaitAsync(WaitTask request)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            // Interest first, row second: an end between the two is then either read or told.
            var wakeUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add(wakeUp);
            try
            {
                var row = await store.FindAsync(id, _stopping);
                if (row is null || row.State.IsTerminal())
                {
                    return Shown(row, location: null);
                }

                var left = request.Wait - time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero || _stopped)
                {
                    return await ReadAsync(new ReadTask());
                }

                await WaitForAsync(wakeUp, left < RereadInterval ? left : RereadInterval);
            }
            finally
            {
                _waiters.Remove(wakeUp);
            }
        }
    }

    /// <inheritdoc/>
    public Task<Acknowledged> NotifyAsync(TaskEvent happened)
    {
        switch (happened.Kind)
        {
            case TaskEventKind.Progress when happened.Progress is { } progress:
                Keep(progress);
                break;
            case TaskEventKind.Recorded:
                _endings++;
                ForgetProgress();
                if (happened.State.IsTerminal())
                {
                    WakeWaiters();
                }

                break;
            case TaskEventKind.Returned:
                ForgetProgress();
                break;
        }

        return Task.FromResult(Acknowledged.Instance);
    }

    private void Keep(TaskProgress progress)
    {
        if (progress.Attempt < (_progress?.Attempt ?? 0))
        {
            return;
        }

        if (progress.Attempt > (_progress?.Attempt ?? 0))
        {
            _logs.Clear();
            _progress = null;
        }

        // A report that carries only logs leaves the last percentage standing.
        _progress = progress with { Percent = progress.Percent ?? _progress?.Percent, Message = progress.Message ?? _progress?.Message, Logs = [] };
        _logs.Add(progress.Logs);
    }

    private void ForgetProgress()
    {
        _progress = null;
        _logs.Clear();
    }

    private void WakeWaiters()
    {
        foreach (var waiter in _waiters)
        {
            waiter.TrySetResult();
        }
    }

    private async Task WaitForAsync(TaskCompletionSource wakeUp, TimeSpan atMost)
    {
        await using var timer = time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), wakeUp, atMost, Timeout.InfiniteTimeSpan);
        await wakeUp.Task;
    }

    private async Task<TaskLocation?> LocateAsync()
    {
        try
        {
            var reply = await actors.Scheduler(pool).LocateAsync(new LocateTasks([id])).WaitAsync(LocateTimeout, time, _stopping);
            foreach (var location in reply.Locations)
            {
                if (location.Id == id)
                {
                    return location;
                }
            }

            return null;
        }
        catch (Exception)
        {
            // A hint that cannot be had is left out, whatever the reason: the row is answered all the same.
            return null;
        }
    }

    private TaskStatusReply Shown(TaskDetails? row, TaskLocation? location)
    {
        if (row is null)
        {
            return new TaskStatusReply();
        }

        var state = row.State.Shown(row.Spec.RunAt, clock.LowerBound);
        if (state.IsTerminal())
        {
            return new TaskStatusReply { Task = row, State = state, Node = row.Node };
        }

        // A location of an earlier attempt is a node that has not yet told of its end.
        var onNode = location is { } found && found.Attempt >= row.Attempt ? found : (TaskLocation?)null;
        var attempt = onNode?.Attempt ?? row.Attempt;
        var progress = _progress?.Attempt == attempt ? _progress : null;
        return new TaskStatusReply
        {
            Task = row,
            State = onNode is null ? state : TaskState.Running,
            Node = onNode?.Node ?? (row.State == StoredState.Running ? row.Node : null),
            ProgressPercent = progress?.Percent,
            ProgressMessage = progress?.Message,
            Logs = progress is null ? [] : _logs.Lines,
        };
    }
}
