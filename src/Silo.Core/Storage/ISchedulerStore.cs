using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Tasks;

namespace Silo.Core.Storage;

/// <summary>The store as the scheduler uses it. Every write checks the epoch inside its transaction and changes nothing when a newer one was taken.</summary>
public interface ISchedulerStore
{
    /// <summary>Makes the caller the scheduler of the pool; every older epoch is refused from then on.</summary>
    Task<long> TakeEpochAsync(string pool, CancellationToken cancellationToken);

    Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken);

    /// <summary>Every node ever registered and not forgotten.</summary>
    Task<IReadOnlyList<NodeRecord>> ReadNodesAsync(string pool, CancellationToken cancellationToken);

    /// <summary>Begins a new incarnation of the node, alive. An older one that was alive is fenced in the same transaction, as <see cref="FenceNodeAsync"/> would.
    /// Sending the same instance again while it is alive answers the same incarnation.</summary>
    Task<RegisterNodeAnswer> RegisterNodeAsync(string pool, long epoch, NodeRegistration registration, CancellationToken cancellationToken);

    /// <summary>Ends an incarnation: nothing of it is recorded after this commit. Its rows marked running return to waiting; unless it left in order their deaths
    /// grow by one, and those that reach <see cref="TaskLimits.DeathsMax"/> are failed as poison.</summary>
    Task<FenceNodeAnswer> FenceNodeAsync(string pool, long epoch, NodeFence fence, FenceReason reason, CancellationToken cancellationToken);

    /// <summary>Operator's drain flag, kept over restarts of the node.</summary>
    /// <returns>False when the epoch is stale.</returns>
    Task<bool> SetDrainAsync(string pool, long epoch, string node, bool draining, CancellationToken cancellationToken);

    /// <summary>Deletes a node that does not live, as long as its row is what the caller knows of it; one that is absent is forgotten already.
    /// No incarnation is ever given again: under a name that the store does not have, a node begins above every incarnation that was forgotten.</summary>
    /// <param name="fence">The node, with the number that its row has since its last incarnation ended.</param>
    /// <param name="draining">The drain flag that goes with it.</param>
    Task<ForgetNodeAnswer> ForgetNodeAsync(string pool, long epoch, NodeFence fence, bool draining, CancellationToken cancellationToken);

    /// <summary>The priorities that have waiting tasks in a queue.</summary>
    Task<IReadOnlyList<int>> ReadPrioritiesAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Waiting tasks of one queue and priority with keys at or above <paramref name="from"/>, in key order, due or not. Rows marked running are not waiting.</summary>
    Task<IReadOnlyList<WaitingTask>> ReadWaitingAsync(string queue, int priority, ReadyKey from, int limit, CancellationToken cancellationToken);

    /// <summary>The current rows of these ids, in any order; absent ones are left out.</summary>
    Task<IReadOnlyList<TaskSnapshot>> ReadTasksAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken);

    /// <summary>Every cancel on record, by pages of id order above <paramref name="after"/>.</summary>
    Task<IReadOnlyList<TaskId>> ReadCancelsAsync(TaskId after, int limit, CancellationToken cancellationToken);

    /// <summary>Makes cancels final for tasks that no node holds: rows that are not terminal become cancelled, and the cancels leave the record.
    /// Rows without a cancel on record are left alone.</summary>
    Task<CancelWaitingAnswer> CancelWaitingAsync(string pool, long epoch, IReadOnlyList<TaskId> ids, CancellationToken cancellationToken);

    /// <summary>Puts back to waiting what is marked running under this fence and is not among <paramref name="held"/>: the node says that it does not hold it.
    /// No attempt is spent and no death counted.</summary>
    Task<ReleaseRunningAnswer> ReleaseRunningAsync(string pool, long epoch, NodeFence fence, IReadOnlyList<TaskId> held, CancellationToken cancellationToken);

    Task<IReadOnlyList<QueueSettings>> ReadQueuesAsync(CancellationToken cancellationToken);

    /// <returns>False when the epoch is stale.</returns>
    Task<bool> SaveQueueAsync(string pool, long epoch, QueueSettings queue, CancellationToken cancellationToken);
}

/// <summary>A node's row.</summary>
/// <param name="Registration">As it last registered.</param>
/// <param name="Incarnation">Grows at every registration and at every fence.</param>
/// <param name="Alive">False once fenced or left.</param>
/// <param name="Draining">Set by an operator.</param>
/// <param name="LeftInOrder">The last incarnation gave everything back before it ended.</param>
/// <param name="EndedAt">When the last incarnation ended; null while it lives.</param>
public sealed record NodeRecord(NodeRegistration Registration, long Incarnation, bool Alive, bool Draining, bool LeftInOrder, DateTimeOffset? EndedAt = null);

public enum ForgetNodeAnswer
{
    Forgotten,

    /// <summary>A newer scheduler exists; the caller steps down.</summary>
    StaleEpoch,

    /// <summary>The node lives, or was changed since the caller read it; nothing was deleted.</summary>
    Changed,
}

public enum EpochAnswer
{
    Done,

    /// <summary>A newer scheduler exists; the caller steps down.</summary>
    StaleEpoch,

    /// <summary>The incarnation named is not the one alive; nothing was changed.</summary>
    AlreadyFenced,
}

/// <param name="Answer">Done or stale.</param>
/// <param name="Incarnation">The incarnation that now lives.</param>
/// <param name="Draining">The operator's flag, which outlives incarnations.</param>
/// <param name="Casualties">Rows of the incarnation that was replaced, as in <see cref="FenceNodeAnswer"/>.</param>
public sealed record RegisterNodeAnswer(EpochAnswer Answer, long Incarnation, bool Draining, IReadOnlyList<Casualty> Casualties);

public enum FenceReason
{
    /// <summary>Silent, crashed or cut off: stored starts count as deaths.</summary>
    Died,

    /// <summary>It gave back what it had not started and waited for the rest.</summary>
    Left,
}

/// <param name="Answer">Done, stale, or fenced already.</param>
/// <param name="Casualties">Rows that were marked running under the fence.</param>
public sealed record FenceNodeAnswer(EpochAnswer Answer, IReadOnlyList<Casualty> Casualties);

/// <param name="Answer">Done, stale, or the incarnation is not alive.</param>
/// <param name="Released">The ids put back.</param>
public sealed record ReleaseRunningAnswer(EpochAnswer Answer, IReadOnlyList<TaskId> Released);

/// <param name="Id">A task whose stored start was followed by the end of its node.</param>
/// <param name="Deaths">Its count now.</param>
/// <param name="Convicted">It reached the limit and was failed as poison.</param>
public readonly record struct Casualty(TaskId Id, int Deaths, bool Convicted);

/// <param name="Task">The task; its payload included.</param>
/// <param name="State">Its stored state.</param>
/// <param name="Fence">Who is marked as running it; default when nobody is.</param>
public sealed record TaskSnapshot(WaitingTask Task, StoredState State, NodeFence Fence);

/// <param name="Answer">Done or stale.</param>
/// <param name="Cancelled">Those that became cancelled by this call.</param>
/// <param name="Settled">Those that were terminal already, or absent.</param>
public sealed record CancelWaitingAnswer(EpochAnswer Answer, IReadOnlyList<TaskId> Cancelled, IReadOnlyList<TaskId> Settled);
