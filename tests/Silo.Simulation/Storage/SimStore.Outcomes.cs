using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Simulation.Storage;

/// <summary>The transactions of <see cref="IOutcomeStore"/>.</summary>
internal partial class SimStore
{
    /// <summary>Runs when a batch of outcomes arrives, some time before <see cref="Record"/>; the real store decides nothing that early.</summary>
    public virtual void Arrived(NodeFence fence, IReadOnlyList<TaskOutcome> outcomes)
    {
    }

    public virtual IReadOnlyList<RecordedOutcome> Record(NodeFence fence, IReadOnlyList<TaskOutcome> outcomes) =>
        MayRecord(fence, outcomes)
            ? [.. outcomes.Select(outcome => RecordOne(fence, outcome))]
            : [.. outcomes.Select(outcome => new RecordedOutcome(outcome.Id, outcome.Attempt, OutcomeAnswer.Fenced, default, default))];

    public virtual bool MarkRunning(NodeFence fence, IReadOnlyList<TaskStart> starts)
    {
        if (!IsAlive(fence))
        {
            return false;
        }

        foreach (var start in starts)
        {
            if (_rows.TryGetValue(start.Id, out var row) && MayMarkRunning(row, start))
            {
                var running = row with { State = StoredState.Running, Fence = fence, StartedAt = start.StartedAt, LastNode = fence };
                Change(row, running, new RowChange.MarkedRunning(fence, start.Attempt));
            }
        }

        return true;
    }

    protected virtual bool MayRecord(NodeFence fence, IReadOnlyList<TaskOutcome> outcomes) => IsAlive(fence);

    protected virtual bool MayMarkRunning(SimRow row, TaskStart start) => !row.State.IsTerminal() && row.Attempt == start.Attempt;

    protected virtual bool IsForThisAttempt(SimRow row, TaskOutcome outcome) => row.Attempt == outcome.Attempt;

    private RecordedOutcome RecordOne(NodeFence fence, TaskOutcome outcome)
    {
        if (!_rows.TryGetValue(outcome.Id, out var row))
        {
            return Answer(outcome, OutcomeAnswer.Settled, StoredState.Failed, default);
        }

        if (row.State.IsTerminal() || !IsForThisAttempt(row, outcome))
        {
            var mine = _recorded.TryGetValue((outcome.Id, outcome.Attempt), out var recorded) && recorded == (fence, outcome.Kind);
            return Answer(outcome, mine ? OutcomeAnswer.Recorded : OutcomeAnswer.Settled, row.State, row.Spec.RunAt);
        }

        if (outcome.Kind == OutcomeKind.Released)
        {
            return Release(fence, outcome, row);
        }

        var after = After(row, outcome) with { LastNode = fence, StartedAt = outcome.StartedAt };
        _recorded[(outcome.Id, outcome.Attempt)] = (fence, outcome.Kind);
        Change(row, after, new RowChange.Outcome(fence, outcome));
        return Answer(outcome, OutcomeAnswer.Recorded, after.State, after.Spec.RunAt);
    }

    /// <summary>Takes back only this node's own mark: by the time of a resend another node may have begun the task, and that start stays on record.</summary>
    private RecordedOutcome Release(NodeFence fence, TaskOutcome outcome, SimRow row)
    {
        if (row.State == StoredState.Running && row.Fence != fence)
        {
            return Answer(outcome, OutcomeAnswer.Settled, row.State, row.Spec.RunAt);
        }

        var after = row with { State = StoredState.Waiting, Fence = default };
        Change(row, after, new RowChange.Outcome(fence, outcome));
        return Answer(outcome, OutcomeAnswer.Recorded, after.State, after.Spec.RunAt);
    }

    private SimRow After(SimRow row, TaskOutcome outcome)
    {
        if (outcome.Kind == OutcomeKind.Retry && !_cancels.Contains(outcome.Id))
        {
            return row with
            {
                State = StoredState.Waiting,
                Fence = default,
                Attempt = row.Attempt + 1,
                Spec = row.Spec with { RunAt = TruncateToMilliseconds(outcome.RunAt) },
                Error = outcome.Error,
            };
        }

        _cancels.Remove(outcome.Id);
        var state = outcome.Kind switch
        {
            OutcomeKind.Succeeded => StoredState.Succeeded,
            OutcomeKind.Failed => StoredState.Failed,
            _ => StoredState.Cancelled,
        };
        return Ended(row, state, outcome.FinishedAt) with { Result = outcome.Result, Error = outcome.Error };
    }

    private static RecordedOutcome Answer(TaskOutcome outcome, OutcomeAnswer answer, StoredState state, DateTimeOffset runAt) =>
        new(outcome.Id, outcome.Attempt, answer, state, runAt);
}
