using Silo.Core.Nodes;
using Silo.Core.Tasks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Storage;

namespace Silo.Simulation.Checks;

/// <summary>Judges every committed change by rules of its own, so that a store which breaks a promise is caught as well as code that relies on one it was not given.</summary>
internal class StoreAuditor(SimWorld world)
{
    private readonly HashSet<NodeFence> _ended = [];
    private readonly HashSet<NodeFence> _begun = [];
    private readonly Dictionary<(long Epoch, NodeFence Fence), TimeSpan> _fencesAsked = [];
    private readonly HashSet<(TaskId Id, int Attempt)> _outcomes = [];
    private readonly Dictionary<string, TaskId> _keys = [];
    private NodeFence _convictingFence;
    private long _epoch;

    /// <summary>Told of every change after it was judged.</summary>
    public Action<SimRow?, SimRow?, RowChange>? Changed { get; set; }

    /// <summary>Told when an incarnation ends.</summary>
    public Action<NodeFence>? Ended { get; set; }

    public bool HasEnded(NodeFence fence) => _ended.Contains(fence);

    /// <summary>A scheduler has decided to end an incarnation; the store may hear of it much later.</summary>
    public void FenceAsked(long epoch, NodeFence fence) => _fencesAsked.TryAdd((epoch, fence), world.Now);

    /// <summary>When the newest scheduler decided that first; now, when it has not.</summary>
    public TimeSpan FenceAskedAt(NodeFence fence) => _fencesAsked.TryGetValue((_epoch, fence), out var at) ? at : world.Now;

    public void EpochTaken(long epoch)
    {
        Require(epoch > _epoch, "an epoch is taken once", $"epoch {epoch} was taken after {_epoch}");
        _epoch = epoch;
        world.Trace.Add($"store   epoch {epoch} is taken");
    }

    public void SchedulerWrites(long epoch, string what) =>
        Require(epoch == _epoch, "a scheduler writes only under the newest epoch", $"{what} under epoch {epoch}, while {_epoch} is taken");

    public void NodeBegins(NodeFence fence)
    {
        Require(_begun.Add(fence), "an incarnation begins once", $"{fence} began again");
        world.Trace.Add($"store   {fence.Node}/{fence.Incarnation} begins");
    }

    public void NodeEnds(NodeFence fence)
    {
        Require(_ended.Add(fence), "an incarnation ends once", $"{fence} ended again");
        world.Trace.Add($"store   {fence.Node}/{fence.Incarnation} ends");
        Ended?.Invoke(fence);
    }

    public void NodeForgotten(NodeFence fence)
    {
        Require(!_begun.Contains(fence) || _ended.Contains(fence), "no living node is forgotten", $"{fence} was forgotten");
        world.Trace.Add($"store   {fence.Node} is forgotten at {fence.Incarnation}");
    }

    public void Judge(SimRow? before, SimRow? after, RowChange why)
    {
        var row = after ?? before!;
        world.Trace.Add($"store   {row.Spec.Id} {why.GetType().Name}: {before?.State}/{before?.Attempt} -> {after?.State}/{after?.Attempt}");
        if (before is not null && after is not null)
        {
            Require(after.Attempt >= before.Attempt, "attempts only grow", $"{row.Spec.Id} went from attempt {before.Attempt} to {after.Attempt}");
            Require(
                !before.State.IsTerminal() || why is RowChange.OperatorRetry,
                "a terminal task changes no more",
                $"{row.Spec.Id} went from {before.State} to {after.State} by {why}");
        }

        JudgeChange(before, row, why);
        Changed?.Invoke(before, after, why);
    }

    private void JudgeChange(SimRow? before, SimRow row, RowChange why)
    {
        switch (why)
        {
            case RowChange.Inserted:
                JudgeInsert(row);
                break;
            case RowChange.Outcome outcome:
                JudgeOutcome(before!, outcome);
                break;
            case RowChange.MarkedRunning running:
                Require(!_ended.Contains(running.Fence), "nothing is recorded after its fence", $"{row.Spec.Id} was marked running by {running.Fence}, which had ended");
                Require(before!.Attempt == running.Attempt, "a running mark is for the row's attempt", $"{row.Spec.Id} stands at {before.Attempt}, marked for {running.Attempt}");
                break;
            case RowChange.NodeEnded ended:
                JudgeEnded(row, ended);
                break;
            case RowChange.CancelFinal cancel:
                Require(cancel.OnRecord, "only a cancel on record becomes final", $"{row.Spec.Id}");
                break;
            case RowChange.Pruned pruned:
                Require(
                    before!.State.IsTerminal() && before.FinishedAt < pruned.Before,
                    "retention deletes only what ended before its limit",
                    $"{row.Spec.Id} was deleted as {before.State}, finished {before.FinishedAt:O}, limit {pruned.Before:O}");
                break;
        }
    }

    private void JudgeInsert(SimRow row)
    {
        if (row.Spec.IdempotencyKey is { } key)
        {
            Require(_keys.TryAdd(key, row.Spec.Id), "a key means one task", $"key {key} names {row.Spec.Id} and {_keys[key]}");
        }
    }

    private void JudgeOutcome(SimRow before, RowChange.Outcome outcome)
    {
        var id = before.Spec.Id;
        Require(!_ended.Contains(outcome.Fence), "nothing is recorded after its fence", $"{id} attempt {outcome.Sent.Attempt}: {outcome.Sent.Kind} by {outcome.Fence}, which had ended");
        Require(before.Attempt == outcome.Sent.Attempt, "an outcome is for the row's attempt", $"{id} stands at {before.Attempt}, {outcome.Sent.Kind} came for {outcome.Sent.Attempt}");
        if (outcome.Sent.Kind != OutcomeKind.Released)
        {
            Require(_outcomes.Add((id, outcome.Sent.Attempt)), "one outcome for each attempt", $"{id} attempt {outcome.Sent.Attempt} got a second one: {outcome.Sent.Kind}");
        }
    }

    private void JudgeEnded(SimRow row, RowChange.NodeEnded ended)
    {
        if (row.State != StoredState.Failed)
        {
            return;
        }

        Require(row.Deaths >= TaskLimits.DeathsMax, "poison means three deaths", $"{row.Spec.Id} was convicted after {row.Deaths}");
        Require(_convictingFence != ended.Fence, "a death convicts one task", $"{row.Spec.Id} is the second one convicted by the end of {ended.Fence}");
        _convictingFence = ended.Fence;
    }

    private void Require(bool holds, string invariant, string detail)
    {
        if (!holds)
        {
            world.Fail(invariant, detail);
        }
    }
}
