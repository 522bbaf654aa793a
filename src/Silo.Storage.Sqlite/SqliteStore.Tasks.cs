using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Rows;
using Silo.Storage.Sqlite.Tasks;

namespace Silo.Storage.Sqlite;

/// <content>The store as clients use it.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<InsertAnswer>> InsertAsync(IReadOnlyList<TaskSpec> tasks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var rows = new NewTaskRow[tasks.Count];
        for (var index = 0; index < rows.Length; index++)
        {
            rows[index] = NewTaskRow.Prepare(tasks[index]);
        }

        return WriteAsync(rows.Length, transaction => InsertTasks.Execute(transaction, rows, _options.IdempotencyKeyLifetime), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<TaskDetails?> FindAsync(TaskId id, CancellationToken cancellationToken) =>
        ReadAsync(session => FindTasks.Find(session, id), cancellationToken);

    /// <inheritdoc/>
    public Task<TaskDetails?> FindByNumberAsync(long number, CancellationToken cancellationToken) =>
        ReadAsync(session => FindTasks.Find(session, number), cancellationToken);

    /// <inheritdoc/>
    public Task<TaskPage> ListAsync(TaskFilter filter, TaskCursor? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return ReadAsync(session => ListTasks.Read(session, filter, after, limit, _options.ListRowsExaminedMax), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<CancelAnswer>> RequestCancelAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) =>
        WriteAsync(ids.Count, transaction => Cancels.Request(transaction, ids), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RetryAnswer>> RetryAsync(IReadOnlyList<TaskId> ids, DateTimeOffset runAt, CancellationToken cancellationToken) =>
        WriteAsync(ids.Count, transaction => RetryTasks.Execute(transaction, ids, runAt), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TaskCount>> CountAsync(CancellationToken cancellationToken) => ReadAsync(FindTasks.Count, cancellationToken);

    /// <inheritdoc/>
    public async Task<int> PruneAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var deleted = 0;
        while (deleted < limit)
        {
            var bite = Math.Min(limit - deleted, PruneTasks.BiteRowsMax);
            var bitten = await WriteAsync(bite, transaction => PruneTasks.Execute(transaction, before, bite), cancellationToken);
            deleted += bitten;
            if (bitten < bite)
            {
                break;
            }
        }

        return deleted;
    }
}
