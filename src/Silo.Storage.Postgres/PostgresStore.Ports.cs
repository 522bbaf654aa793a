using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Storage.Postgres;

/// <content>The ports, until their statements stand.</content>
public sealed partial class PostgresStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<InsertAnswer>> InsertAsync(IReadOnlyList<TaskSpec> tasks, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<TaskDetails?> FindAsync(TaskId id, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<TaskDetails?> FindByNumberAsync(long number, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<TaskPage> ListAsync(TaskFilter filter, TaskCursor? after, int limit, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<CancelAnswer>> RequestCancelAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<RetryAnswer>> RetryAsync(IReadOnlyList<TaskId> ids, DateTimeOffset runAt, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<TaskCount>> CountAsync(CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<int> PruneAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<long> TakeEpochAsync(string pool, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<NodeRecord>> ReadNodesAsync(string pool, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<RegisterNodeAnswer> RegisterNodeAsync(string pool, long epoch, NodeRegistration registration, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<FenceNodeAnswer> FenceNodeAsync(string pool, long epoch, NodeFence fence, FenceReason reason, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<bool> SetDrainAsync(string pool, long epoch, string node, bool draining, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<ForgetNodeAnswer> ForgetNodeAsync(string pool, long epoch, NodeFence fence, bool draining, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<int>> ReadPrioritiesAsync(string queue, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<WaitingTask>> ReadWaitingAsync(string queue, int priority, ReadyKey from, int limit, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<TaskSnapshot>> ReadTasksAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<TaskId>> ReadCancelsAsync(TaskId after, int limit, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<CancelWaitingAnswer> CancelWaitingAsync(string pool, long epoch, IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<ReleaseRunningAnswer> ReleaseRunningAsync(string pool, long epoch, NodeFence fence, IReadOnlyList<TaskId> held, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<QueueSettings>> ReadQueuesAsync(CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<bool> SaveQueueAsync(string pool, long epoch, QueueSettings queue, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<RecordedOutcome>> RecordAsync(NodeFence fence, IReadOnlyList<TaskOutcome> outcomes, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");

    /// <inheritdoc/>
    public Task<bool> MarkRunningAsync(NodeFence fence, IReadOnlyList<TaskStart> starts, CancellationToken cancellationToken) => throw new NotSupportedException("Not part of the PostgreSQL store of this build.");
}
