using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Core.Nodes;

/// <content>What comes back from the worker: reports, returns, starts that last.</content>
public sealed partial class NodeActor
{
    public async Task<CompleteReply> CompleteAsync(CompleteRequest request)
    {
        if (Refusal(request.Incarnation) is { } refused)
            return new CompleteReply { Status = refused };
        var wait = new CompletionWait();
        var outcomes = new PendingOutcome?[request.Reports.Count];
        var now = _ports.Clock.LowerBound;
        for (var i = 0; i < request.Reports.Count; i++)
            outcomes[i] = Accept(request.Reports[i], now, wait);
        foreach (var returned in request.Returned)
            if (_table.FindWithWorker(returned) is { Phase: HeldPhase.Leased } entry)
                GiveBack(entry, wait);
        _reports.Flush();
        await wait.AllAsync(_stopping.Token);

        var answers = new RecordedOutcome[outcomes.Length];
        for (var i = 0; i < outcomes.Length; i++)
            answers[i] = outcomes[i]?.Answer ?? Remembered(request.Incarnation, request.Reports[i]);
        return new CompleteReply { Status = DoorStatus.Ok, Answers = answers };
    }

    /// <returns>The outcome on its way; null when this sending of the attempt is not held, and so may not be reported about.</returns>
    private PendingOutcome? Accept(ExecutionReport report, DateTimeOffset now, CompletionWait wait)
    {
        if (_table.FindWithWorker(new HeldAttempt(report.Id, report.Attempt, report.Dispatch)) is not { } entry)
            return null;
        if (entry.Outcome is null)
        {
            entry.Phase = HeldPhase.Unrecorded;
            _reports.Freed(entry.Dispatch, report.Ran);
            Record(entry, LifeCycle.Decide(report, entry.Dispatch.Retry, now - report.Ran, now, now, _ports.Random, entry.Dispatch.Queue));
        }

        entry.Outcome!.Join(wait);
        return entry.Outcome;
    }

    private void GiveBack(HeldEntry entry, CompletionWait? wait)
    {
        if (!entry.StartMayBeStored)
        {
            _table.Remove(entry);
            _reports.Returned(entry.Dispatch);
            return;
        }

        entry.Phase = HeldPhase.Unrecorded;
        var now = _ports.Clock.LowerBound;
        Record(entry, new TaskOutcome { Id = entry.Dispatch.Id, Attempt = entry.Dispatch.Attempt, Kind = OutcomeKind.Released, StartedAt = now, FinishedAt = now });
        if (wait is not null)
            entry.Outcome!.Join(wait);
    }

    private void Record(HeldEntry entry, TaskOutcome outcome)
    {
        entry.Outcome = new PendingOutcome(entry, _fence, outcome);
        _recorder.Add(entry.Outcome);
    }

    private RecordedOutcome Remembered(long incarnation, ExecutionReport report) =>
        (incarnation == _fence.Incarnation ? _answers.Find(report.Id, report.Attempt) : null)
        ?? new RecordedOutcome(report.Id, report.Attempt, OutcomeAnswer.Settled, default, default);

    /// <summary>After the commit: the node no longer holds these, and everyone may know.</summary>
    private void OnRecorded(IReadOnlyList<PendingOutcome> batch)
    {
        if (batch[0].Fence != _fence || _standing != NodeStandingHere.Alive)
            return;
        var events = _ports.Events.Listening ? new List<TaskEvent>(batch.Count) : null;
        foreach (var pending in batch)
        {
            var answer = pending.Answer!.Value;
            if (answer.Answer == OutcomeAnswer.Fenced)
            {
                End();
                return;
            }

            var dispatch = pending.Entry.Dispatch;
            _table.Remove(pending.Entry);
            _answers.Add(answer);
            var released = answer.Answer == OutcomeAnswer.Recorded && pending.Outcome.Kind == OutcomeKind.Released;
            if (released)
                _reports.Returned(dispatch);
            else
                _reports.Recorded(answer);
            if (answer.Answer != OutcomeAnswer.Recorded)
                continue;
            if (released)
                _ports.Totals.AddReleased();
            else
                _ports.Totals.Add(answer.State);
            events?.Add(new TaskEvent { Kind = released ? TaskEventKind.Returned : TaskEventKind.Recorded, Id = answer.Id, Queue = dispatch.Queue, Node = _name, Attempt = answer.Attempt, State = answer.State });
        }

        _reports.Flush();
        if (events is not null)
            _ports.Events.Publish(events);
    }

    /// <summary>Writes down what has run for long (rule 4); what cannot be written now is tried again at the next beat.</summary>
    private void MarkRunning(IReadOnlyList<RunningExecution> running)
    {
        if (_markingRunning)
            return;
        var now = _ports.Clock.LowerBound;
        var starts = new List<(HeldEntry Entry, TaskStart Start)>();
        foreach (var execution in running)
        {
            if (_table.Find(execution.Id, execution.Attempt) is not { Phase: HeldPhase.Leased, StartStored: false } entry)
                continue;
            entry.StartMayBeStored = true;
            starts.Add((entry, new TaskStart(execution.Id, execution.Attempt, now - execution.RunningFor)));
        }

        if (starts.Count > 0)
            _ = MarkRunningAsync(_fence, starts);
    }

    private async Task MarkRunningAsync(NodeFence fence, List<(HeldEntry Entry, TaskStart Start)> starts)
    {
        _markingRunning = true;
        try
        {
            var alive = await _ports.Store.MarkRunningAsync(fence, starts.ConvertAll(static start => start.Start), _stopping.Token);
            foreach (var (entry, _) in starts)
                entry.StartStored = alive;
            if (!alive && fence == _fence)
                End();
            else if (alive)
                _ports.LongRuns?.StoredAsRunning(_name, starts.ConvertAll(static start => start.Start.Id));
        }
        catch (Exception failure) when (failure is StoreUnavailableException or StoreUnknownException or OperationCanceledException)
        {
            LogNotMarked(_ports.Logger, starts.Count, _name, StoreFailure.InOneLine(failure));
        }

        _markingRunning = false;
    }
}
