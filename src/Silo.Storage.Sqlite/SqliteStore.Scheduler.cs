using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Scheduling;
using Silo.Storage.Sqlite.Tasks;

namespace Silo.Storage.Sqlite;

/// <content>The store as the scheduler uses it.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<long> TakeEpochAsync(string pool, CancellationToken cancellationToken) =>
        WriteAsync(1, transaction => Epochs.Take(transaction, pool), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NodeRecord>> ReadNodesAsync(string pool, CancellationToken cancellationToken) =>
        ReadAsync(session => NodeRows.Read(session, pool), cancellationToken);

    /// <inheritdoc/>
    public Task<RegisterNodeAnswer> RegisterNodeAsync(string pool, long epoch, NodeRegistration registration, CancellationToken cancellationToken) =>
        WriteAsync(1, transaction => NodeRows.Register(transaction, pool, epoch, registration), cancellationToken);

    /// <inheritdoc/>
    public Task<FenceNodeAnswer> FenceNodeAsync(string pool, long epoch, NodeFence fence, FenceReason reason, CancellationToken cancellationToken) =>
        WriteAsync(1, transaction => NodeRows.Fence(transaction, pool, epoch, fence, reason), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> SetDrainAsync(string pool, long epoch, string node, bool draining, CancellationToken cancellationToken) =>
        WriteAsync(1, transaction => NodeRows.SetDrain(transaction, pool, epoch, node, draining), cancellationToken);

    /// <inheritdoc/>
    public Task<ForgetNodeAnswer> ForgetNodeAsync(string pool, long epoch, NodeFence fence, bool draining, CancellationToken cancellationToken) =>
        WriteAsync(1, transaction => NodeRows.Forget(transaction, pool, epoch, fence, draining), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<int>> ReadPrioritiesAsync(string queue, CancellationToken cancellationToken) =>
        ReadAsync(session => ReadyReads.Priorities(session, queue), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<WaitingTask>> ReadWaitingAsync(string queue, int priority, ReadyKey from, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return ReadAsync(session => ReadyReads.Read(session, queue, priority, from, limit), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<TaskSnapshot>> ReadTasksAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) =>
        ReadAsync(session => FindTasks.Snapshots(session, ids), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TaskId>> ReadCancelsAsync(TaskId after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return ReadAsync(session => Cancels.Read(session, after, limit), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<CancelWaitingAnswer> CancelWaitingAsync(string pool, long epoch, IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) =>
        WriteAsync(ids.Count, transaction => CancelWaiting.Execute(transaction, pool, epoch, ids), cancellationToken);

    /// <inheritdoc/>
    public Task<ReleaseRunningAnswer> ReleaseRunningAsync(
        string pool, long epoch, NodeFence fence, IReadOnlyList<TaskId> held, CancellationToken cancellationToken) =>
        WriteAsync(1, transaction => NodeRows.Release(transaction, pool, epoch, fence, held), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<QueueSettings>> ReadQueuesAsync(CancellationToken cancellationToken) => ReadAsync(QueueRows.Read, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> SaveQueueAsync(string pool, long epoch, QueueSettings queue, CancellationToken cancellationToken) =>
        WriteAsync(1, transaction => QueueRows.Save(transaction, pool, epoch, queue), cancellationToken);
}
