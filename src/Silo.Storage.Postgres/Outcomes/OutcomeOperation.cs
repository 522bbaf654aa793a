using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres.Outcomes;

/// <summary>A write of one node under its fence: ends of attempts, or starts.</summary>
internal abstract class OutcomeOperation(NodeFence fence, int rows, CancellationToken cancellationToken) : LaneOperation(rows, cancellationToken)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeFence Fence => fence;

    /// <summary>Ends when the commit is known.</summary>
    public Task Done => _done.Task;

    public abstract IReadOnlyList<TaskOutcome> Outcomes { get; }

    public abstract IReadOnlyList<TaskStart> Starts { get; }

    /// <summary>Forgets answers.</summary>
    public abstract void Reset();

    public abstract void SetFenced();

    public abstract void SetAlive();

    public override void Complete() => _done.TrySetResult();

    public override void Fail(Exception error)
    {
        if (error is OperationCanceledException cancelled)
            _done.TrySetCanceled(cancelled.CancellationToken);
        else
            _done.TrySetException(error);
    }
}

internal sealed class RecordOperation(NodeFence fence, IReadOnlyList<TaskOutcome> outcomes, CancellationToken cancellationToken)
    : OutcomeOperation(fence, outcomes.Count, cancellationToken)
{
    public override IReadOnlyList<TaskOutcome> Outcomes => outcomes;

    public override IReadOnlyList<TaskStart> Starts => [];

    public RecordedOutcome[] Answers { get; } = new RecordedOutcome[outcomes.Count];

    public override void Reset() => Array.Clear(Answers);

    public override void SetFenced()
    {
        for (var index = 0; index < outcomes.Count; index++)
        {
            Answers[index] = new RecordedOutcome(outcomes[index].Id, outcomes[index].Attempt, OutcomeAnswer.Fenced, default, default);
        }
    }

    public override void SetAlive()
    {
    }
}

internal sealed class MarkOperation(NodeFence fence, IReadOnlyList<TaskStart> starts, CancellationToken cancellationToken)
    : OutcomeOperation(fence, starts.Count, cancellationToken)
{
    public override IReadOnlyList<TaskOutcome> Outcomes => [];

    public override IReadOnlyList<TaskStart> Starts => starts;

    public bool Alive { get; private set; }

    public override void Reset() => Alive = false;

    public override void SetFenced() => Alive = false;

    public override void SetAlive() => Alive = true;
}
