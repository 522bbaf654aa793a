using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Simulation.Storage;

/// <summary>The transactions of <see cref="ITaskStore"/>.</summary>
internal partial class SimStore
{
    public virtual IReadOnlyList<InsertAnswer> Insert(IReadOnlyList<TaskSpec> tasks) => [.. tasks.Select(InsertOne)];

    public TaskDetails? FindDetails(TaskId id) => _rows.TryGetValue(id, out var row) ? row.Details(_cancels.Contains(id)) : null;

    public TaskDetails? FindDetails(long number) =>
        _rows.Values.FirstOrDefault(row => row.Number == number) is { } row ? row.Details(_cancels.Contains(row.Spec.Id)) : null;

    public TaskPage List(TaskFilter filter, TaskCursor? after, int limit)
    {
        var page = _rows.Values
            .Where(row => after is null || row.Number < after.Value.Number)
            .Where(row => filter.State is null || row.State == filter.State)
            .Where(row => filter.Queue is null || row.Spec.Queue == filter.Queue)
            .OrderByDescending(row => row.Number)
            .Take(limit)
            .Select(row => row.Details(_cancels.Contains(row.Spec.Id)))
            .ToList();
        return new TaskPage(page, page.Count < limit ? null : new TaskCursor(page[^1].Number));
    }

    public virtual IReadOnlyList<CancelAnswer> RequestCancel(IReadOnlyList<TaskId> ids) => [.. ids.Select(RequestCancelOne)];

    public virtual IReadOnlyList<RetryAnswer> Retry(IReadOnlyList<TaskId> ids, DateTimeOffset runAt) => [.. ids.Select(id => RetryOne(id, runAt))];

    public IReadOnlyList<TaskCount> CountTasks() => [.. _counts.Select(count => new TaskCount(count.Key.Queue, count.Key.State, count.Value))];

    /// <summary>What a retention run finds; <see cref="Prune"/> deletes it in a later statement.</summary>
    public IReadOnlyList<TaskId> SelectPrunable(DateTimeOffset before, int limit) =>
        [.. _rows.Values.Where(row => IsPrunable(row, before)).OrderBy(row => row.FinishedAt).Take(limit).Select(row => row.Spec.Id)];

    public virtual int Prune(IReadOnlyList<TaskId> selected, DateTimeOffset before)
    {
        var deleted = 0;
        foreach (var id in selected)
        {
            if (_rows.TryGetValue(id, out var row) && IsPrunable(row, before))
            {
                Delete(row, before);
                deleted++;
            }
        }

        return deleted;
    }

    protected void Delete(SimRow row, DateTimeOffset before)
    {
        Change(row, null, new RowChange.Pruned(before));
        _cancels.Remove(row.Spec.Id);
    }

    protected static bool IsPrunable(SimRow row, DateTimeOffset before) => row.State.IsTerminal() && row.FinishedAt < before;

    private InsertAnswer InsertOne(TaskSpec spec)
    {
        if (_rows.TryGetValue(spec.Id, out var same))
        {
            return new InsertAnswer(InsertKind.Inserted, spec.Id, same.Number);
        }

        if (spec.IdempotencyKey is { } key && _keys.TryGetValue(key, out var first))
        {
            var kind = AsksForTheSame(first.Spec, spec) ? InsertKind.Duplicate : InsertKind.KeyConflict;
            return new InsertAnswer(first.Spec.Id == spec.Id ? InsertKind.Inserted : kind, first.Spec.Id, first.Number);
        }

        var row = new SimRow { Spec = spec, Number = ++_lastNumber, CreatedAt = Time };
        if (spec.IdempotencyKey is { } newKey)
        {
            _keys[newKey] = row;
        }

        Change(null, row, new RowChange.Inserted());
        return new InsertAnswer(InsertKind.Inserted, spec.Id, row.Number);
    }

    private static bool AsksForTheSame(TaskSpec first, TaskSpec second) =>
        first.Type == second.Type && first.Queue == second.Queue && first.Priority == second.Priority
        && first.Payload.Span.SequenceEqual(second.Payload.Span);

    private CancelAnswer RequestCancelOne(TaskId id)
    {
        if (!_rows.TryGetValue(id, out var row))
        {
            return new CancelAnswer(id, CancelKind.NotFound, default);
        }

        if (row.State.IsTerminal())
        {
            return new CancelAnswer(id, CancelKind.Settled, row.State);
        }

        _cancels.Add(id);
        _cancelsEver.Add(id);
        return new CancelAnswer(id, CancelKind.Cancelling, row.State);
    }

    private RetryAnswer RetryOne(TaskId id, DateTimeOffset runAt)
    {
        if (!_rows.TryGetValue(id, out var row))
        {
            return new RetryAnswer(id, Found: false, default, null);
        }

        if (row.State is not (StoredState.Failed or StoredState.Cancelled))
        {
            return new RetryAnswer(id, Found: true, row.State, null);
        }

        var attempt = row.Attempt + 1;
        var again = row with
        {
            State = StoredState.Waiting,
            Attempt = attempt,
            Spec = row.Spec with { RunAt = runAt, Retry = row.Spec.Retry with { AttemptsMax = row.Spec.Retry.AttemptsMax + 1 } },
            Fence = default,
            StartedAt = null,
            FinishedAt = null,
            Error = null,
        };
        _cancels.Remove(id);
        Change(row, again, new RowChange.OperatorRetry());
        return new RetryAnswer(id, Found: true, row.State, again.Waiting);
    }
}
