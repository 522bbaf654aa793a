using System.Collections.Concurrent;
using Silo.Core.Engine;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Gateway.Tests.Hosting;

/// <summary>The core as the gateway sees it: remembers what it was asked and answers what a test says.</summary>
internal sealed class FakeSiloClient : ISiloClient
{
    public static readonly DateTimeOffset StoreTime = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private int _ids;
    private int _snapshots;

    public DateTimeOffset Now { get; set; } = StoreTime;

    public ConcurrentQueue<IReadOnlyList<TaskSpec>> Submitted { get; } = [];

    public ConcurrentQueue<(TaskFilter Filter, TaskCursor? After, int Limit)> Listed { get; } = [];

    public ConcurrentQueue<QueueSettings> QueuesSet { get; } = [];

    public ConcurrentQueue<(string Node, bool Draining)> Drained { get; } = [];

    public ConcurrentDictionary<TaskId, TaskStatusReply> Tasks { get; } = [];

    public int Snapshots => _snapshots;

    public SchedulerSnapshot Snapshot { get; set; } = Samples.Snapshot();

    public Func<Exception?> Failure { get; set; } = () => null;

    public Func<TaskSpec, int, InsertAnswer> OnInsert { get; set; } = (task, index) => new InsertAnswer(InsertKind.Inserted, task.Id, index + 1);

    public Func<TaskId, TimeSpan, CancellationToken, Task<TaskStatusReply>>? OnWait { get; set; }

    public Action OnRead { get; set; } = () => { };

    public Func<TaskId, CancelAnswer> OnCancel { get; set; } = id => new CancelAnswer(id, CancelKind.Cancelling, StoredState.Waiting);

    public Func<TaskId, RetryAnswer> OnRetry { get; set; } = id => new RetryAnswer(id, Found: false, default, null);

    public TaskPage Page { get; set; } = new([], null);

    public IReadOnlyList<TaskCount> Counts { get; set; } = [];

    public Func<Task<SchedulerSnapshot>>? OnSnapshot { get; set; }

    public SetQueueReply SetQueueReply { get; set; } = new(SetQueueStatus.Saved, Samples.Strategies);

    public DrainNodeStatus DrainStatus { get; set; } = DrainNodeStatus.Done;

    public ConcurrentQueue<string> Forgotten { get; } = [];

    public ForgetNodeStatus ForgetStatus { get; set; } = ForgetNodeStatus.Forgotten;

    public TaskId NewTaskId() => Samples.Id(Interlocked.Increment(ref _ids));

    public Task<IReadOnlyList<InsertAnswer>> SubmitAsync(IReadOnlyList<TaskSpec> tasks, CancellationToken cancellationToken)
    {
        Submitted.Enqueue(tasks);
        return Answer<IReadOnlyList<InsertAnswer>>(() => [.. tasks.Select(OnInsert)]);
    }

    public Task<IReadOnlyList<CancelAnswer>> CancelAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) =>
        Answer<IReadOnlyList<CancelAnswer>>(() => [.. ids.Select(OnCancel)]);

    public Task<IReadOnlyList<RetryAnswer>> RetryAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) =>
        Answer<IReadOnlyList<RetryAnswer>>(() => [.. ids.Select(OnRetry)]);

    public Task<TaskStatusReply> ReadAsync(TaskId id, CancellationToken cancellationToken)
    {
        OnRead();
        return Answer(() => Tasks.TryGetValue(id, out var task) ? task : new TaskStatusReply());
    }

    public Task<TaskStatusReply> WaitAsync(TaskId id, TimeSpan wait, CancellationToken cancellationToken) =>
        OnWait?.Invoke(id, wait, cancellationToken) ?? ReadAsync(id, cancellationToken);

    public Task<TaskDetails?> FindByNumberAsync(long number, CancellationToken cancellationToken) =>
        Answer(() => Tasks.Values.Select(status => status.Task).FirstOrDefault(task => task!.Number == number));

    public Task<TaskPage> ListAsync(TaskFilter filter, TaskCursor? after, int limit, CancellationToken cancellationToken)
    {
        Listed.Enqueue((filter, after, limit));
        return Answer(() => Page);
    }

    public Task<IReadOnlyList<TaskCount>> CountAsync(CancellationToken cancellationToken) => Answer(() => Counts);

    public Task<SchedulerSnapshot> ReadSnapshotAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _snapshots);
        return OnSnapshot?.Invoke() ?? Task.FromResult(Snapshot);
    }

    public Task<SetQueueReply> SetQueueAsync(QueueSettings settings, CancellationToken cancellationToken)
    {
        QueuesSet.Enqueue(settings);
        return Answer(() => SetQueueReply);
    }

    public Task<DrainNodeReply> DrainNodeAsync(string node, bool draining, CancellationToken cancellationToken)
    {
        Drained.Enqueue((node, draining));
        return Answer(() => new DrainNodeReply(DrainStatus));
    }

    public Task<ForgetNodeReply> ForgetNodeAsync(string node, CancellationToken cancellationToken)
    {
        Forgotten.Enqueue(node);
        return Answer(() => new ForgetNodeReply(ForgetStatus));
    }

    private Task<T> Answer<T>(Func<T> answer) => Failure() is { } failure ? Task.FromException<T>(failure) : Task.FromResult(answer());
}
