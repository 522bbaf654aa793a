using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Scheduling;
using Silo.Storage.Postgres.Tasks;

namespace Silo.Storage.Postgres;

/// <content>The store as the scheduler uses it.</content>
public sealed partial class PostgresStore
{
    /// <inheritdoc/>
    public Task<long> TakeEpochAsync(string pool, CancellationToken cancellationToken) =>
        WriteAsync(transaction => Epochs.TakeAsync(transaction, pool), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NodeRecord>> ReadNodesAsync(string pool, CancellationToken cancellationToken) =>
        ReadAsync((connection, token) => NodeRows.ReadAsync(connection, pool, token), cancellationToken);

    /// <inheritdoc/>
    public Task<RegisterNodeAnswer> RegisterNodeAsync(string pool, long epoch, NodeRegistration registration, CancellationToken cancellationToken) =>
        WriteAsync(transaction => NodeRows.RegisterAsync(transaction, pool, epoch, registration), cancellationToken);

    /// <inheritdoc/>
    public Task<FenceNodeAnswer> FenceNodeAsync(string pool, long epoch, NodeFence fence, FenceReason reason, CancellationToken cancellationToken) =>
        WriteAsync(transaction => NodeRows.FenceAsync(transaction, pool, epoch, fence, reason), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> SetDrainAsync(string pool, long epoch, string node, bool draining, CancellationToken cancellationToken) =>
        WriteAsync(transaction => NodeRows.SetDrainAsync(transaction, pool, epoch, node, draining), cancellationToken);

    /// <inheritdoc/>
    public Task<ForgetNodeAnswer> ForgetNodeAsync(string pool, long epoch, NodeFence fence, bool draining, CancellationToken cancellationToken) =>
        WriteAsync(transaction => NodeRows.ForgetAsync(transaction, pool, epoch, fence, draining), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<int>> ReadPrioritiesAsync(string queue, CancellationToken cancellationToken) =>
        ReadAsync((connection, token) => ReadyReads.ReadPrioritiesAsync(connection, queue, token), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<WaitingTask>> ReadWaitingAsync(string queue, int priority, ReadyKey from, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return ReadAsync((connection, token) => ReadyReads.ReadAsync(connection, queue, priority, from, limit, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<TaskSnapshot>> ReadTasksAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) =>
        ReadAsync((connection, token) => FindTasks.ReadSnapshotsAsync(connection, ids, token), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TaskId>> ReadCancelsAsync(TaskId after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return ReadAsync((connection, token) => Cancels.ReadAsync(connection, after, limit, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<CancelWaitingAnswer> CancelWaitingAsync(string pool, long epoch, IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) =>
        WriteAsync(transaction => CancelWaiting.ExecuteAsync(transaction, pool, epoch, ids), cancellationToken);

    /// <inheritdoc/>
    public Task<ReleaseRunningAnswer> ReleaseRunningAsync(
        string pool, long epoch, NodeFence fence, IReadOnlyList<TaskId> held, CancellationToken cancellationToken) =>
        WriteAsync(transaction => NodeRows.ReleaseAsync(transaction, pool, epoch, fence, held), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<QueueSettings>> ReadQueuesAsync(CancellationToken cancellationToken) => ReadAsync(QueueRows.ReadAsync, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> SaveQueueAsync(string pool, long epoch, QueueSettings queue, CancellationToken cancellationToken) =>
        WriteAsync(transaction => QueueRows.SaveAsync(transaction, pool, epoch, queue), cancellationToken);
}
