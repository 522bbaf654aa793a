using System.Diagnostics.CodeAnalysis;
using Silo.Core.Engine;
using Silo.Core.Nodes;

namespace Silo.Core.Workers;

internal enum SessionEnd
{
    /// <summary>The incarnation was declared dead.</summary>
    Fenced,

    /// <summary>The worker has left in order.</summary>
    Left,

    /// <summary>The worker stops and its server does not answer any more.</summary>
    Unanswered,

    /// <summary>The host wants no further waiting, or something is broken.</summary>
    Aborted,
}

/// <summary>One incarnation: what its loops share, and what a door's status means for all of them.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Its token source has no timer and no handle, and answers that come late still ask it.")]
internal sealed class WorkerSession(WorkerLink link, WorkerExecutions executions, WorkerEnvironment environment, NodeRegistration registration, WorkerWelcome welcome)
{
    private readonly CancellationTokenSource _ended = new();
    private SessionEnd? _end;
    private Exception? _failure;
    private Task _adoption = Task.CompletedTask;
    private bool _adopting;
    private long _inventories;

    public WorkerLink Link => link;

    public WorkerExecutions Executions => executions;

    public WorkerEnvironment Environment => environment;

    public string Node => registration.Name;

    public long Incarnation => welcome.Incarnation;

    public TimeSpan Lease => welcome.Lease;

    public TimeSpan BeatInterval => registration.BeatInterval < welcome.BeatInterval ? registration.BeatInterval : welcome.BeatInterval;

    public CancellationToken Ended => _ended.Token;

    /// <summary>Grows with each adoption: answers to questions of an earlier term say nothing about this one.</summary>
    public int Term { get; private set; }

    public long NextLease { get; set; } = 1;

    public long LastLease { get; set; }

    /// <summary>A lease call may have handed out a batch that did not arrive.</summary>
    public bool LeaseUnanswered { get; set; }

    /// <summary>Set once, when the worker is to leave: how long running tasks may go on.</summary>
    public TimeSpan? LeaveGrace { get; private set; }

    public WorkerSignal LeaveRequested { get; } = new();

    /// <summary>Set when nothing is held any more.</summary>
    public Signal Emptied { get; } = new(environment.Time);

    /// <summary>Runs until the incarnation ends.</summary>
    public async Task<SessionEnd> RunAsync()
    {
        await Task.WhenAll(
            GuardAsync(WorkerBeats.RunAsync),
            GuardAsync(WorkerLeases.RunAsync),
            GuardAsync(WorkerCompletes.RunAsync),
            GuardAsync(WorkerProgressSender.RunAsync),
            GuardAsync(WorkerLeaving.RunAsync));
        return _failure is null ? _end!.Value : throw new InvalidOperationException($"The worker of node {Node} broke down: {_failure.Message}", _failure);
    }

    /// <summary>Stops leasing and gives back what has not started, at once.</summary>
    public void BeginLeave(TimeSpan grace)
    {
        LeaveGrace ??= grace;
        executions.BeginLeave();
        LeaveRequested.Set();
    }

    public void End(SessionEnd end, Exception? failure = null)
    {
        if (_end is not null)
            return;
        (_end, _failure) = (end, failure);
        executions.EndIncarnation();
        _ended.Cancel();
        executions.OutboxReady.Set();
        executions.Progress.Ready.Set();
        LeaveRequested.Set();
        Emptied.Set();
    }

    /// <summary>Acts on a status that any call can get.</summary>
    /// <param name="term">The term in which the call was made.</param>
    /// <returns>Whether the call was done.</returns>
    public bool Settle(DoorStatus status, int term)
    {
        // A leaving incarnation that holds nothing ends by its own call; the answer to another one can come first.
        if (status == DoorStatus.Fenced)
            End(LeaveGrace is not null && executions.Queue.Held.Count == 0 ? SessionEnd.Left : SessionEnd.Fenced);
        else if (status == DoorStatus.InventoryWanted && term == Term && !_adopting)
            _adoption = GuardAsync(static session => session.AdoptAsync());
        return status == DoorStatus.Ok;
    }

    /// <summary>Completes when no adoption is under way.</summary>
    public Task AdoptedAsync() => _adoption;

    /// <summary>Runs one of the session's loops: its end ends with the session, and what breaks it ends the session.</summary>
    public async Task GuardAsync(Func<WorkerSession, Task> loop)
    {
        try
        {
            await loop(this);
        }
        catch (OperationCanceledException) when (_end is not null)
        {
            // The session has ended: that is how its loops learn of it.
        }
        catch (Exception broken)
        {
            End(SessionEnd.Aborted, broken);
        }
    }

    private async Task AdoptAsync()
    {
        _adopting = true;
        Term++;
        var backoff = link.NewBackoff();
        while (true)
        {
            var held = executions.Queue.TakeInventory();
            CheckEmptied();
            WorkerLog.Adopting(environment.Logger, Node, held.Count);
            var inventory = new WorkerInventory { Registration = registration, Incarnation = Incarnation, Number = ++_inventories, Held = held };
            var reply = await link.TryAsync(door => door.AdoptAsync(inventory), WorkerLimits.AnswerTime, Ended);
            if (reply?.Status == DoorStatus.Ok)
            {
                (NextLease, LastLease, LeaseUnanswered) = (1, 0, false);
                _adopting = false;
                Term++;
                executions.Apply(reply.Orders);
                return;
            }

            if (reply?.Status == DoorStatus.Fenced)
            {
                End(SessionEnd.Fenced);
                return;
            }

            await backoff.WaitAsync(Ended);
        }
    }

    public void CheckEmptied()
    {
        if (executions.Queue.Held.Count == 0)
            Emptied.Set();
    }
}
