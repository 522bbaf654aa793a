using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Tasks;

namespace Silo.Storage.Postgres;

/// <content>The store as clients use it.</content>
public sealed partial class PostgresStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<InsertAnswer>> InsertAsync(IReadOnlyList<TaskSpec> tasks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        if (tasks.Count == 0)
            return [];
        TaskBounds.Check(tasks);
        var operation = new InsertOperation(tasks, cancellationToken);
        await (tasks.Any(task => task.IdempotencyKey is not null) ? _keyedInserts : _inserts).EnqueueAsync(operation, cancellationToken);
        return await operation.Answer;
    }

    /// <inheritdoc/>
    public Task<TaskDetails?> FindAsync(TaskId id, CancellationToken cancellationToken) =>
        ReadAsync((connection, token) => FindTasks.FindAsync(connection, id, token), cancellationToken);

    /// <inheritdoc/>
    public Task<TaskDetails?> FindByNumberAsync(long number, CancellationToken cancellationToken) =>
        ReadAsync((connection, token) => FindTasks.FindAsync(connection, number, token), cancellationToken);

    /// <inheritdoc/>
    public Task<TaskPage> ListAsync(TaskFilter filter, TaskCursor? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return ReadAsync((connection, token) => ListTasks.ReadAsync(connection, filter, after, limit, _options.ListRowsExaminedMax, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<CancelAnswer>> RequestCancelAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) =>
        WriteAsync(transaction => Cancels.RequestAsync(transaction, ids), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RetryAnswer>> RetryAsync(IReadOnlyList<TaskId> ids, DateTimeOffset runAt, CancellationToken cancellationToken) =>
        WriteAsync(transaction => RetryTasks.ExecuteAsync(transaction, ids, runAt), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TaskCount>> CountAsync(CancellationToken cancellationToken) => ReadAsync(FindTasks.CountAsync, cancellationToken);

    /// <inheritdoc/>
    public async Task<int> PruneAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var deleted = 0;
        var place = PrunePlace.Start;
        while (deleted < limit)
        {
            var (from, rows) = (place, Math.Min(limit - deleted, PruneTasks.BiteRowsMax));
            var bite = await WriteAsync(transaction => PruneTasks.ExecuteAsync(transaction, before, from, rows), cancellationToken);
            deleted += bite.Deleted;
            if (bite.AtEnd)
                break;
            place = bite.Next;
        }

        return deleted;
    }

    /// <inheritdoc cref="ITaskStore.ReadTimeAsync"/>
    public Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken) => ReadAsync(FindTasks.ReadTimeAsync, cancellationToken);
}
