using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Conformance.Engine;

/// <summary>A store of a few rows in memory, with a hook before each read and each insert.</summary>
internal sealed class ScriptedTaskStore : ITaskStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TaskId, TaskDetails> _rows = [];

    /// <summary>Runs after a row was read and before it is answered.</summary>
    public Func<TaskId, Task> AfterFind { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Runs before an insert; what it throws is the store's answer.</summary>
    public Func<IReadOnlyList<TaskSpec>, Task> BeforeInsert { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Runs when an insert is durable, before it is answered; what it throws is the store's answer.</summary>
    public Func<IReadOnlyList<TaskSpec>, Task> AfterInsert { get; set; } = static _ => Task.CompletedTask;

    public int Finds { get; private set; }

    /// <summary>Idempotency keys and the ids they belong to already.</summary>
    public Dictionary<string, TaskId> Keys { get; } = [];

    public void Put(TaskSpec spec, StoredState state, int attempt = 1)
    {
        lock (_gate)
        {
            _rows[spec.Id] = new TaskDetails { Spec = spec, Number = 1, State = state, Attempt = attempt, CreatedAt = spec.RunAt };
        }
    }

    public bool Contains(TaskId id)
    {
        lock (_gate)
        {
            return _rows.ContainsKey(id);
        }
    }

    public async Task<TaskDetails?> FindAsync(TaskId id, CancellationToken cancellationToken)
    {
        TaskDetails? row;
        lock (_gate)
        {
            Finds++;
            row = _rows.GetValueOrDefault(id);
        }

        await AfterFind(id);
        return row;
    }

    public async Task<IReadOnlyList<InsertAnswer>> InsertAsync(IReadOnlyList<TaskSpec> tasks, CancellationToken cancellationToken)
    {
        await BeforeInsert(tasks);
        var answers = tasks.Select(Insert).ToList();
        await AfterInsert(tasks);
        return answers;
    }

    public Task<IReadOnlyList<CancelAnswer>> RequestCancelAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<CancelAnswer>>([.. ids.Select(id => _rows.GetValueOrDefault(id) switch
            {
                null => new CancelAnswer(id, CancelKind.NotFound, default),
                { State: var state } => new CancelAnswer(id, state.IsTerminal() ? CancelKind.Settled : CancelKind.Cancelling, state),
            })]);
        }
    }

    public Task<IReadOnlyList<RetryAnswer>> RetryAsync(IReadOnlyList<TaskId> ids, DateTimeOffset runAt, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<RetryAnswer>>([.. ids.Select(id =>
            {
                var row = _rows[id];
                var spec = row.Spec with { RunAt = runAt };
                return new RetryAnswer(id, true, row.State, new WaitingTask { Spec = spec, Attempt = row.Attempt + 1 });
            })]);
        }
    }

    public Task<TaskDetails?> FindByNumberAsync(long number, CancellationToken cancellationToken) => throw Unscripted();

    public Task<TaskPage> ListAsync(TaskFilter filter, TaskCursor? after, int limit, CancellationToken cancellationToken) => throw Unscripted();

    public Task<IReadOnlyList<TaskCount>> CountAsync(CancellationToken cancellationToken) => throw Unscripted();

    public Task<int> PruneAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => throw Unscripted();

    public Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken) => throw Unscripted();

    private InsertAnswer Insert(TaskSpec spec)
    {
        lock (_gate)
        {
            if (spec.IdempotencyKey is { } key && Keys.TryGetValue(key, out var first) && first != spec.Id)
            {
                return new InsertAnswer(InsertKind.Duplicate, first, 1);
            }

            _rows[spec.Id] = new TaskDetails { Spec = spec, Number = _rows.Count + 1, State = StoredState.Waiting, Attempt = 1, CreatedAt = spec.RunAt };
            return new InsertAnswer(InsertKind.Inserted, spec.Id, _rows.Count);
        }
    }

    private static NotSupportedException Unscripted() => new("The test scripted no such call to the store.");
}
