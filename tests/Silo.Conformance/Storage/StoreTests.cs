using System.Text;
using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

/// <summary>What every part of the suite stands on: a fresh store, the scheduler's epoch, and nodes when a test asks for them.</summary>
public abstract class StoreTests : IAsyncLifetime
{
    protected const string Pool = "default";
    protected const string Queue = "default";

    private IStoreHarness? _harness;

    protected static CancellationToken Never => CancellationToken.None;

    protected IStoreHarness Harness => _harness ?? throw new InvalidOperationException("The store is created before each test.");

    protected ITaskStore Tasks => Harness.Tasks;

    protected ISchedulerStore Scheduler => Harness.Scheduler;

    protected IOutcomeStore Outcomes => Harness.Outcomes;

    /// <summary>The epoch taken before the test began.</summary>
    protected long Epoch { get; private set; }

    /// <summary>The store's time when the test began.</summary>
    protected DateTimeOffset Start { get; private set; }

    public async ValueTask InitializeAsync()
    {
        _harness = await CreateStoreAsync();
        Epoch = await Scheduler.TakeEpochAsync(Pool, Never);
        Start = await Tasks.ReadTimeAsync(Never);
    }

    public async ValueTask DisposeAsync()
    {
        if (_harness is not null)
        {
            await _harness.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected abstract Task<IStoreHarness> CreateStoreAsync();

    protected static TaskId NewId() => new(Guid.CreateVersion7());

    protected static byte[] Json(string json) => Encoding.UTF8.GetBytes(json);

    /// <summary>A plain task, due since the test began.</summary>
    protected TaskSpec NewTask(string queue = Queue, string type = "echo", int priority = TaskLimits.PriorityDefault) => new()
    {
        Id = NewId(),
        Type = type,
        Queue = queue,
        Priority = priority,
        RunAt = Start,
        Payload = Json("{\"text\":\"hello\"}"),
    };

    protected async Task<InsertAnswer> InsertAsync(TaskSpec task) => Assert.Single(await Tasks.InsertAsync([task], Never));

    protected async Task<TaskSpec> InsertNewAsync()
    {
        var task = NewTask();
        await InsertAsync(task);
        return task;
    }

    protected async Task<TaskSpec[]> InsertManyAsync(int count)
    {
        var tasks = Enumerable.Range(0, count).Select(_ => NewTask()).ToArray();
        await Tasks.InsertAsync(tasks, Never);
        return tasks;
    }

    protected static NodeRegistration Node(string name, string instance = "life-1") => new()
    {
        Name = name,
        Instance = instance,
        Slots = 4,
        Types = ["echo"],
    };

    protected async Task<NodeFence> RegisterAsync(string name, string instance = "life-1")
    {
        var answer = await Scheduler.RegisterNodeAsync(Pool, Epoch, Node(name, instance), Never);
        Assert.Equal(EpochAnswer.Done, answer.Answer);
        return new NodeFence(name, answer.Incarnation);
    }

    protected async Task<FenceNodeAnswer> FenceAsync(NodeFence fence, FenceReason reason = FenceReason.Died) =>
        await Scheduler.FenceNodeAsync(Pool, Epoch, fence, reason, Never);

    protected TaskOutcome Outcome(TaskId id, OutcomeKind kind, int attempt = 1) => new()
    {
        Id = id,
        Attempt = attempt,
        Kind = kind,
        Queue = Queue,
        StartedAt = Start.AddMilliseconds(1),
        FinishedAt = Start.AddMilliseconds(2),
        RunAt = kind == OutcomeKind.Retry ? Start.AddSeconds(30) : default,
        Result = kind == OutcomeKind.Succeeded ? Json("{\"done\":true}") : default,
        Error = kind is OutcomeKind.Failed or OutcomeKind.Retry ? new TaskError("handler_failed", "It broke.") : null,
    };

    protected async Task<RecordedOutcome> RecordAsync(NodeFence fence, TaskOutcome outcome) =>
        Assert.Single(await Outcomes.RecordAsync(fence, [outcome], Never));

    protected Task<RecordedOutcome> RecordAsync(NodeFence fence, TaskId id, OutcomeKind kind, int attempt = 1) =>
        RecordAsync(fence, Outcome(id, kind, attempt));

    protected async Task<bool> MarkAsync(NodeFence fence, TaskId id, int attempt = 1) =>
        await Outcomes.MarkRunningAsync(fence, [new TaskStart(id, attempt, Start.AddMilliseconds(1))], Never);

    protected async Task<TaskDetails> FindAsync(TaskId id) =>
        await Tasks.FindAsync(id, Never) ?? throw new InvalidOperationException($"Task {id} is not in the store.");

    protected async Task<TaskSnapshot> SnapshotAsync(TaskId id) => Assert.Single(await Scheduler.ReadTasksAsync([id], Never));

    protected async Task<IReadOnlyList<TaskId>> WaitingIdsAsync(string queue = Queue, int priority = TaskLimits.PriorityDefault) =>
        [.. (await Scheduler.ReadWaitingAsync(queue, priority, ReadyKey.Lowest, 1000, Never)).Select(task => task.Spec.Id)];

    /// <summary>Every row, by following the cursors.</summary>
    protected async Task<List<TaskDetails>> ListAllAsync(TaskFilter? filter = null, int pageSize = 100)
    {
        List<TaskDetails> tasks = [];
        TaskCursor? cursor = null;
        do
        {
            var page = await Tasks.ListAsync(filter ?? TaskFilter.Everything, cursor, pageSize, Never);
            tasks.AddRange(page.Tasks);
            Assert.True(page.Next is null || cursor is null || page.Next.Value.Number < cursor.Value.Number, "A cursor must move down, or a listing never ends.");
            cursor = page.Next;
        }
        while (cursor is not null);
        return tasks;
    }

    /// <summary>The kept counters against a recount of all rows.</summary>
    protected async Task AssertCountersEqualRowsAsync()
    {
        var rows = (await ListAllAsync()).GroupBy(task => new { task.Spec.Queue, task.State })
            .Select(group => new TaskCount(group.Key.Queue, group.Key.State, group.Count()));
        var kept = (await Tasks.CountAsync(Never)).Where(count => count.Count != 0);
        Assert.Equal(InOrder(rows), InOrder(kept));

        static List<TaskCount> InOrder(IEnumerable<TaskCount> counts) => [.. counts.OrderBy(count => count.Queue, StringComparer.Ordinal).ThenBy(count => count.State)];
    }
}
