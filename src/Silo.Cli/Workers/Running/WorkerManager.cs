using System.ComponentModel;
using System.Threading.Channels;
using Silo.Cli.Processes;
using Silo.Cli.Workers.Control;
using Silo.Cli.Workers.Roster;

namespace Silo.Cli.Workers.Running;

/// <summary>Carries out what the roster decides, and answers those who ask. All that changes the roster happens in turns, one after the other.</summary>
/// <param name="folder">Whose lock the caller holds.</param>
/// <param name="launcher">Null for a manager that only drains what is there.</param>
/// <param name="drainLimit">How long a worker may take to end.</param>
/// <param name="say">Gets a line for people.</param>
internal sealed class WorkerManager(WorkersFolder folder, WorkerLauncher? launcher, TimeSpan drainLimit, ServerView? server, Action<string> say)
{
    /// <summary>Over how long processor use is measured, and how often logs are bounded.</summary>
    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(250), LogLook = TimeSpan.FromSeconds(5);

    private readonly WorkerRoster _roster = new(drainLimit);
    private readonly Dictionary<int, WorkerProcess> _processes = [];
    private readonly Channel<Action> _turns = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<TaskCompletionSource> _waitingForRest = [];
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _begin = TimeProvider.System.GetTimestamp();
    private readonly ProcessIdentity _self = ProcessIdentity.Of(Environment.ProcessId) ?? throw new InvalidOperationException("/proc does not show this process.");
    private int? _countOnDisk;

    /// <summary>Completes when every worker that ought to be there was started or adopted once.</summary>
    public Task Started => _started.Task;

    private TimeSpan Now => TimeProvider.System.GetElapsedTime(_begin);

    /// <summary>Manages until it is told to stop and the last worker has gone.</summary>
    /// <param name="stopping">As a request to stop: the workers drain.</param>
    /// <returns>How it went.</returns>
    public async Task<WorkersStatus> RunAsync(int count, CancellationToken stopping)
    {
        using var stop = stopping.Register(() => _turns.Writer.TryWrite(_roster.Stop));
        using var ended = new CancellationTokenSource();
        var bounding = BoundLogsAsync(ended.Token);
        try
        {
            _roster.Scale(count);
            AdoptTheLiving();
            await ManageAsync();
            folder.Forget();
            return Snapshot();
        }
        finally
        {
            // Also when it broke down: nobody who waits for it is left waiting.
            _started.TrySetResult();
            _over.TrySetResult();
            await ended.CancelAsync();
            await bounding;
        }
    }

    private async Task ManageAsync()
    {
        while (true)
        {
            CarryOut(_roster.Decide(Now));
            WriteDownCount();
            _started.TrySetResult();
            if (_roster.IsSettled)
            {
                _waitingForRest.ForEach(waiting => waiting.TrySetResult());
                _waitingForRest.Clear();
            }

            if (_roster.IsOver)
            {
                return;
            }

            await TakeTurnsAsync();
        }
    }

    /// <summary>Answers a request of the control channel.</summary>
    public async IAsyncEnumerable<ControlReply> AnswerAsync(ControlRequest request)
    {
        switch (request.Verb)
        {
            case ControlVerb.Status or ControlVerb.Stats:
                yield return new ControlReply { Done = true, Status = await ReadAsync(request.Verb) };
                break;
            case ControlVerb.Scale when request.Count is null or < 0 or > WorkerRoster.CountMax:
            case ControlVerb.Restart when request.Count is < 0 or > WorkerRoster.CountMax:
                yield return new ControlReply { Done = true, Problem = $"0 to {WorkerRoster.CountMax} workers were expected." };
                break;
            case ControlVerb.Stop:
                yield return new ControlReply { Status = await TurnAsync(_roster.Stop) };
                await _over.Task;
                yield return new ControlReply { Done = true, Status = Snapshot() };
                break;
            default:
                var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                yield return new ControlReply { Status = await TurnAsync(() => Change(request, rest)) };
                await Task.WhenAny(rest.Task, _over.Task);
                yield return new ControlReply { Done = true, Status = await TurnAsync(() => { }) };
                break;
        }
    }

    /// <summary>Completes when a turn was taken.</summary>
    public Task ProveAsync() => TurnAsync(() => { });

    private void Change(ControlRequest request, TaskCompletionSource rest)
    {
        _waitingForRest.Add(rest);
        if (request.Count is { } count && count != _roster.Count)
        {
            Say($"{count} workers instead of {_roster.Count}");
            _roster.Scale(count);
        }

        if (request.Verb == ControlVerb.Restart)
        {
            Say("Restarting the workers, one after the other");
            _roster.RestartAll();
        }
    }

    private void AdoptTheLiving()
    {
        foreach (var living in folder.Living())
        {
            var process = WorkerProcess.Adopt(living);
            _roster.Adopt(living.Index, Now);
            Watch(living.Index, process);
            Say($"{living.Name} (pid {process.Id}) lives, and is adopted");
        }
    }

    private void CarryOut(IReadOnlyList<RosterAction> actions)
    {
        foreach (var (verb, index) in actions)
        {
            switch (verb)
            {
                case RosterVerb.Start:
                    Start(index);
                    break;
                case RosterVerb.Terminate:
                    Say($"{_processes[index].Name} (pid {_processes[index].Id}) drains");
                    _processes[index].Terminate();
                    break;
                case RosterVerb.Kill:
                    Say($"{_processes[index].Name} (pid {_processes[index].Id}) is killed: it was told to end and has not");
                    _processes[index].Kill();
                    break;
                default:
                    throw new InvalidOperationException($"There is no way to {verb}.");
            }
        }
    }

    private void Start(int index)
    {
        var name = launcher!.NameOf(index);
        try
        {
            var process = WorkerProcess.OfChild(name, launcher.Start(folder, index));
            Watch(index, process);
            Say($"{name} (pid {process.Id}) is started");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or Win32Exception)
        {
            _turns.Writer.TryWrite(() => Ended(index, name, exitCode: null, $"could not be started: {failed.Message}"));
        }
    }

    private void Watch(int index, WorkerProcess process)
    {
        _processes[index] = process;
        _ = WatchAsync();

        async Task WatchAsync()
        {
            var exitCode = await process.WaitForEndAsync(CancellationToken.None);
            _turns.Writer.TryWrite(() => Ended(index, process.Name, exitCode, $"ended{(exitCode is { } code ? $" with exit code {code}" : "")}"));
        }
    }

    private void Ended(int index, string name, int? exitCode, string how)
    {
        var draining = _roster.Entries.Single(entry => entry.Index == index).Phase == WorkerPhase.Draining;
        _processes.Remove(index);
        if (!draining && RestartPolicy.Refusal(exitCode) is { } refusal)
        {
            how = $"{how}, {refusal}, and is not started again: {string.Concat(LogFile.Tail(folder.Log(name), 1))}";
        }

        _roster.Ended(index, exitCode, how, Now);
        var next = _roster.Entries.SingleOrDefault(entry => entry.Index == index);
        Say(!draining && next is { Phase: WorkerPhase.Waiting } ? $"{name} {how}; it is started again in {(next.Due - Now).TotalSeconds:0.#} s" : $"{name} {how}");
    }

    /// <summary>Waits for something to happen, or for the time at which the roster wants to be asked.</summary>
    private async Task TakeTurnsAsync()
    {
        using var waited = new CancellationTokenSource();
        var something = _turns.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        if (_roster.NextDecision() is { } next)
        {
            var due = next - Now;
            await Task.WhenAny(something, Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero, waited.Token));
            await waited.CancelAsync();
        }
        else
        {
            await something;
        }

        while (_turns.Reader.TryRead(out var turn))
        {
            turn();
        }
    }

    /// <summary>Takes a turn and reads how things are after it.</summary>
    private async Task<WorkersStatus> TurnAsync(Action turn)
    {
        var read = new TaskCompletionSource<WorkersStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        _turns.Writer.TryWrite(() =>
        {
            turn();
            read.SetResult(Snapshot());
        });
        // A manager that is over takes no more turns; what it was at its end is the answer.
        await Task.WhenAny(read.Task, _over.Task);
        return read.Task.IsCompleted ? await read.Task : Snapshot();
    }

    private async Task<WorkersStatus> ReadAsync(ControlVerb verb)
    {
        var status = await TurnAsync(() => { });
        if (verb == ControlVerb.Stats)
        {
            status = await UsageSample.AddToAsync(status, Sample);
        }

        return server is null ? status : await server.AddToAsync(status, withQueues: verb == ControlVerb.Stats);
    }

    private WorkersStatus Snapshot() => new()
    {
        Folder = folder.Path,
        Manager = _self.Id,
        Count = _roster.Count,
        Stopping = _roster.IsStopping,
        Drained = _roster.Drained,
        Killed = _roster.Killed,
        Server = server?.Server.ToString(),
        Workers = [.. _roster.Entries.Select(StateOf)],
    };

    private WorkerState StateOf(RosterEntry entry)
    {
        var process = _processes.GetValueOrDefault(entry.Index);
        return new WorkerState
        {
            Name = process?.Name ?? launcher?.NameOf(entry.Index) ?? $"{entry.Index}",
            State = entry.Phase,
            Pid = process?.Id,
            UptimeSeconds = process is { Id: var id } && ProcessIdentity.Of(id) is { } identity && ProcessUsage.Of(identity) is { } usage ? Math.Round(usage.Age.TotalSeconds, 1) : null,
            Restarts = entry.Restarts,
            LastEnd = entry.Reason,
        };
    }

    private void WriteDownCount()
    {
        if (_countOnDisk != _roster.Count && launcher is not null)
        {
            _countOnDisk = _roster.Count;
            try
            {
                folder.WriteManager(new ManagerRecord(_self, _roster.Count, drainLimit.TotalSeconds));
            }
            catch (Exception full) when (full is IOException or UnauthorizedAccessException)
            {
                Say($"If this manager is killed, the next one will not know that there ought to be {_roster.Count} workers: {full.Message}");
            }
        }
    }

    private async Task BoundLogsAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LogLook);
        try
        {
            do
            {
                BoundLogs();
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The manager ends.
        }
    }

    private void BoundLogs()
    {
        try
        {
            foreach (var path in folder.Logs().Select(log => log.Path).Append(folder.ManagerLog))
            {
                LogFile.Bound(path);
            }
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            Say($"A log could not be begun anew: {full.Message}");
        }
    }

    private void Say(string line)
    {
        try
        {
            say($"{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} {line}");
        }
        catch (IOException)
        {
            // The terminal was closed or the disk is full: the workers matter more than who hears of them.
        }
    }
}
