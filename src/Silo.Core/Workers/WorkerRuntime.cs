using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Nodes;

namespace Silo.Core.Workers;

/// <summary>What a worker holds at one moment.</summary>
/// <param name="Incarnation">0 while it is not registered.</param>
/// <param name="Queued">Leased and not started.</param>
/// <param name="Executing">Slots taken, orphans included.</param>
/// <param name="Orphaned">Handlers whose end is already reported, or whose incarnation has ended.</param>
/// <param name="Unrecorded">Reports without an answer.</param>
public readonly record struct WorkerStatus(long Incarnation, int Queued, int Executing, int Orphaned, int Unrecorded, HeldDigest Held);

/// <summary>A worker: joins through a door, leases tasks, runs their handlers and reports how they ended. The same in a process of its own and inside a server.</summary>
/// <remarks>Everything but the handlers runs on <see cref="WorkerEnvironment.Turns"/>. A call that is not answered is repeated with the same content; nothing is taken for done on silence.</remarks>
public sealed class WorkerRuntime : IAsyncDisposable
{
    private readonly WorkerEnvironment _environment;
    private readonly NodeRegistration _registration;
    private readonly TimeSpan _stopGrace;
    private readonly WorkerLink _link;
    private readonly TaskFactory _turns;
    private readonly WorkerExecutions _executions;
    private readonly CancellationTokenSource _stopping = new();
    private WorkerSession? _session;
    private TimeSpan? _leaveGrace;
    private Exception? _failure;
    private Task? _run;

    /// <exception cref="ArgumentException">The options are not valid; the text has every problem.</exception>
    public WorkerRuntime(WorkerOptions options, INodeDoor door, IHandlerCatalog handlers, WorkerEnvironment environment)
    {
        if (options.Validate() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(System.Environment.NewLine, problems), nameof(options));
        _environment = environment;
        _stopGrace = options.StopGrace;
        _registration = Describe(options, handlers, environment.Instance ?? environment.Ids.NewInstanceId());
        _link = new WorkerLink(door, environment, options.Name);
        _turns = new TaskFactory(CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskContinuationOptions.None, environment.Turns);
        _executions = new WorkerExecutions(environment, handlers, options, _turns, Fail);
    }

    /// <summary>What it says of itself when it joins.</summary>
    public NodeRegistration Registration => _registration;

    /// <summary>Completes when the worker has left or was stopped; faulted when something in it is broken. Completed while it has not been started.</summary>
    public Task Completion => _run ?? Task.CompletedTask;

    /// <summary>Begins to join, and goes on trying for as long as it takes.</summary>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public void Start()
    {
        if (_run is not null)
            throw new InvalidOperationException($"The worker of node {_registration.Name} was started before: make a new one.");
        _run = _turns.StartNew(RunAsync).Unwrap();
    }

    /// <summary>Leaves in order: unstarted tasks are given back at once, running ones may go on for the grace and are then cancelled and given back.</summary>
    /// <param name="grace">Default <see cref="WorkerOptions.StopGrace"/>.</param>
    /// <param name="cancellationToken">Ends the waiting: handlers are cancelled, nothing more is sent, and the lease runs out.</param>
    public async Task StopAsync(TimeSpan? grace = null, CancellationToken cancellationToken = default)
    {
        await _turns.StartNew(() => BeginStop(grace ?? _stopGrace), CancellationToken.None);
        await using var abort = cancellationToken.Register(() => _turns.StartNew(Abort));
        await Completion;
    }

    public Task<WorkerStatus> ReadStatusAsync() => _turns.StartNew(() =>
    {
        var queue = _executions.Queue;
        return new WorkerStatus(_session?.Incarnation ?? 0, queue.Queued, queue.Executing, queue.Orphaned, queue.Unrecorded, queue.Held);
    });

    /// <summary>Stops at once, as a killed process would: nothing is given back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turns.StartNew(Abort);
        try
        {
            await Completion;
        }
        catch (InvalidOperationException) when (_failure is not null || Completion.IsFaulted)
        {
            // What broke it is told by Completion, to whoever runs the worker.
        }

        _executions.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (await JoinAsync() is { } session)
        {
            _session = session;
            if (_leaveGrace is { } grace)
                session.BeginLeave(grace);
            var end = await session.RunAsync();
            _session = null;
            LogEnd(end, session.Incarnation);
            if (end != SessionEnd.Fenced || _stopping.IsCancellationRequested)
                break;
        }

        if (_failure is not null)
            throw new InvalidOperationException($"The worker of node {_registration.Name} broke down: {_failure.Message}", _failure);
    }

    /// <returns>Null when the worker was stopped meanwhile.</returns>
    private async Task<WorkerSession?> JoinAsync()
    {
        var backoff = _link.NewBackoff();
        var request = new WorkerRegistration(_registration);
        var toldOfName = false;
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                var sentAt = _executions.Now;
                var welcome = await _link.TryAsync(door => door.RegisterAsync(request), WorkerLimits.AnswerTime, _stopping.Token);
                if (welcome?.Status == DoorStatus.Ok)
                {
                    WorkerLog.Joined(_environment.Logger, _registration.Name, welcome.Incarnation, _registration.Slots);
                    _executions.ExtendLease(sentAt + welcome.Lease);
                    return new WorkerSession(_link, _executions, _environment, _registration, welcome);
                }

                if (welcome?.Status == DoorStatus.NameInUse && !toldOfName)
                {
                    toldOfName = true;
                    WorkerLog.NameInUse(_environment.Logger, _registration.Name);
                }

                await backoff.WaitAsync(_stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped before it had joined: there is nothing to give back.
        }

        return null;
    }

    private void BeginStop(TimeSpan grace)
    {
        _leaveGrace ??= grace;
        _stopping.Cancel();
        _session?.BeginLeave(grace);
    }

    private void Abort()
    {
        _stopping.Cancel();
        _session?.End(SessionEnd.Aborted);
    }

    private void Fail(Exception broken)
    {
        _failure ??= broken;
        Abort();
    }

    private void LogEnd(SessionEnd end, long incarnation)
    {
        if (end == SessionEnd.Fenced)
            WorkerLog.Fenced(_environment.Logger, _registration.Name, incarnation);
        else if (end == SessionEnd.Left)
            WorkerLog.Left(_environment.Logger, _registration.Name);
    }

    private static NodeRegistration Describe(WorkerOptions options, IHandlerCatalog handlers, string instance) => new()
    {
        Name = options.Name,
        Instance = instance,
        Slots = options.Slots!.Value,
        Weight = options.Weight,
        Tier = options.Tier,
        Types = [.. handlers.Types],
        Labels = options.Labels.Count == 0 ? null : options.Labels,
        Kind = options.Kind,
        BeatInterval = options.BeatInterval,
    };
}
