using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Simulation.Checks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Storage;

namespace Silo.Simulation.Tests.Stores;

/// <summary>Looks at the fence when a batch arrives and writes it some time later: a check without a lock.</summary>
internal sealed class FenceCheckedEarlyStore(SimWorld world, StoreAuditor auditor) : SimStore(world, auditor)
{
    private readonly HashSet<IReadOnlyList<TaskOutcome>> _admitted = [];

    public override void Arrived(NodeFence fence, IReadOnlyList<TaskOutcome> outcomes)
    {
        if (IsAlive(fence))
        {
            _admitted.Add(outcomes);
        }
    }

    protected override bool MayRecord(NodeFence fence, IReadOnlyList<TaskOutcome> outcomes) => _admitted.Contains(outcomes);
}

/// <summary>Takes an outcome for whichever attempt the row stands at.</summary>
internal sealed class UnguardedAttemptStore(SimWorld world, StoreAuditor auditor) : SimStore(world, auditor)
{
    protected override bool IsForThisAttempt(SimRow row, TaskOutcome outcome) => true;
}

/// <summary>Marks rows as running without looking at their state and attempt.</summary>
internal sealed class UnguardedRunningStore(SimWorld world, StoreAuditor auditor) : SimStore(world, auditor)
{
    protected override bool MayMarkRunning(SimRow row, TaskStart start) => true;
}

/// <summary>Registers nodes for schedulers that have been replaced.</summary>
internal sealed class RegistrationWithoutEpochStore(SimWorld world, StoreAuditor auditor) : SimStore(world, auditor)
{
    public override RegisterNodeAnswer RegisterNode(string pool, long epoch, NodeRegistration registration)
    {
        Auditor.SchedulerWrites(epoch, "register a node");
        return base.RegisterNode(pool, Epoch(pool), registration);
    }
}

/// <summary>Begins to count anew for a node that was forgotten, so that an earlier life of that name may pass for this one.</summary>
internal sealed class IncarnationsGivenTwiceStore(SimWorld world, StoreAuditor auditor) : SimStore(world, auditor)
{
    protected override long LastForgotten
    {
        get => 0;
        set => base.LastForgotten = value;
    }
}

/// <summary>Deletes what a retention run has found, whatever became of it since.</summary>
internal sealed class RetentionWithoutPredicateStore(SimWorld world, StoreAuditor auditor) : SimStore(world, auditor)
{
    public override int Prune(IReadOnlyList<TaskId> selected, DateTimeOffset before)
    {
        var rows = selected.Select(Find).OfType<SimRow>().ToList();
        rows.ForEach(row => Delete(row, before));
        return rows.Count;
    }
}
