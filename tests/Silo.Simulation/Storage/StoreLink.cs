using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Runs;

namespace Silo.Simulation.Storage;

/// <summary>One process's way to the store: call, commit and answer are three instants, and each may be the last.</summary>
internal sealed class StoreLink(SimWorld world, SimStore store, SimProcess storeProcess, StoreWeather weather, SimProcess caller, RunCounts counts)
    : ITaskStore, ISchedulerStore, IOutcomeStore, IActorStateStore
{
    private static readonly TimeSpan StartRetry = TimeSpan.FromMilliseconds(300);

    public Task<IReadOnlyList<InsertAnswer>> InsertAsync(IReadOnlyList<TaskSpec> tasks, CancellationToken cancellationToken) =>
        Write("insert", () => store.Insert(tasks), cancellationToken);

    public Task<TaskDetails?> FindAsync(TaskId id, CancellationToken cancellationToken) =>
        Read("find", () => store.FindDetails(id), cancellationToken);

    public Task<TaskDetails?> FindByNumberAsync(long number, CancellationToken cancellationToken) =>
        Read("find by number", () => store.FindDetails(number), cancellationToken);

    public Task<TaskPage> ListAsync(TaskFilter filter, TaskCursor? after, int limit, CancellationToken cancellationToken) =>
        Read("list", () => store.List(filter, after, limit), cancellationToken);

    public Task<IReadOnlyList<CancelAnswer>> RequestCancelAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) =>
        Write("request cancel", () => store.RequestCancel(ids), cancellationToken);

    public Task<IReadOnlyList<RetryAnswer>> RetryAsync(IReadOnlyList<TaskId> ids, DateTimeOffset runAt, CancellationToken cancellationToken) =>
        Write("retry", () => store.Retry(ids, runAt), cancellationToken);

    public Task<IReadOnlyList<TaskCount>> CountAsync(CancellationToken cancellationToken) => Read("count", store.CountTasks, cancellationToken);

    public async Task<int> PruneAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var selected = await Read("select prunable", () => store.SelectPrunable(before, limit), cancellationToken);
        return await Write("prune", () => store.Prune(selected, before), cancellationToken);
    }

    public Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken) => Read("read time", () => store.Time, cancellationToken);

    /// <summary>The store's time, asked for until there is an answer.</summary>
    public async Task<DateTimeOffset> ReadTimeWhenThereAsync()
    {
        while (true)
        {
            try
            {
                return await ReadTimeAsync(CancellationToken.None);
            }
            catch (StoreUnavailableException)
            {
                world.Trace.Add($"server  {caller.Name} waits for its store");
            }

            await Task.Delay(StartRetry, caller.Clock);
        }
    }

    public Task<long> TakeEpochAsync(string pool, CancellationToken cancellationToken) =>
        Write("take epoch", () => store.TakeEpoch(pool), cancellationToken);

    public Task<IReadOnlyList<NodeRecord>> ReadNodesAsync(string pool, CancellationToken cancellationToken) =>
        Read("read nodes", store.ReadNodes, cancellationToken);

    public Task<RegisterNodeAnswer> RegisterNodeAsync(string pool, long epoch, NodeRegistration registration, CancellationToken cancellationToken) =>
        Write($"register {registration.Name}", () => store.RegisterNode(pool, epoch, registration), cancellationToken);

    public Task<FenceNodeAnswer> FenceNodeAsync(string pool, long epoch, NodeFence fence, FenceReason reason, CancellationToken cancellationToken)
    {
        store.FenceAsked(epoch, fence);
        return Write($"fence {fence.Node}", () => store.FenceNode(pool, epoch, fence, reason), cancellationToken);
    }

    public Task<bool> SetDrainAsync(string pool, long epoch, string node, bool draining, CancellationToken cancellationToken) =>
        Write("set drain", () => store.SetDrain(pool, epoch, node, draining), cancellationToken);

    public Task<ForgetNodeAnswer> ForgetNodeAsync(string pool, long epoch, NodeFence fence, bool draining, CancellationToken cancellationToken) =>
        Write("forget node", () => store.ForgetNode(pool, epoch, fence, draining), cancellationToken);

    public Task<IReadOnlyList<int>> ReadPrioritiesAsync(string queue, CancellationToken cancellationToken) =>
        Read("read priorities", () => store.ReadPriorities(queue), cancellationToken);

    public Task<IReadOnlyList<WaitingTask>> ReadWaitingAsync(string queue, int priority, ReadyKey from, int limit, CancellationToken cancellationToken) =>
        Read("read waiting", () => store.ReadWaiting(queue, priority, from, limit), cancellationToken);

    public Task<IReadOnlyList<TaskSnapshot>> ReadTasksAsync(IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) =>
        Read("read tasks", () => store.ReadTasks(ids), cancellationToken);

    public Task<IReadOnlyList<TaskId>> ReadCancelsAsync(TaskId after, int limit, CancellationToken cancellationToken) =>
        Read("read cancels", () => store.ReadCancels(after, limit), cancellationToken);

    public Task<CancelWaitingAnswer> CancelWaitingAsync(string pool, long epoch, IReadOnlyList<TaskId> ids, CancellationToken cancellationToken) =>
        Write("cancel waiting", () => store.CancelWaiting(pool, epoch, ids), cancellationToken);

    public Task<ReleaseRunningAnswer> ReleaseRunningAsync(string pool, long epoch, NodeFence fence, IReadOnlyList<TaskId> held, CancellationToken cancellationToken) =>
        Write("release running", () => store.ReleaseRunning(pool, epoch, fence, held), cancellationToken);

    public Task<IReadOnlyList<QueueSettings>> ReadQueuesAsync(CancellationToken cancellationToken) => Read("read queues", store.ReadQueues, cancellationToken);

    public Task<bool> SaveQueueAsync(string pool, long epoch, QueueSettings queue, CancellationToken cancellationToken) =>
        Write("save queue", () => store.SaveQueue(pool, epoch, queue), cancellationToken);

    public Task<IReadOnlyList<RecordedOutcome>> RecordAsync(NodeFence fence, IReadOnlyList<TaskOutcome> outcomes, CancellationToken cancellationToken) =>
        Call(
            new Statement<IReadOnlyList<RecordedOutcome>>($"record {outcomes.Count} of {fence.Node}/{fence.Incarnation}", () => Record(fence, outcomes), writes: true),
            () => store.Arrived(fence, outcomes),
            cancellationToken);

    public Task<bool> MarkRunningAsync(NodeFence fence, IReadOnlyList<TaskStart> starts, CancellationToken cancellationToken) =>
        Write($"mark running {starts.Count} of {fence.Node}/{fence.Incarnation}", () => store.MarkRunning(fence, starts), cancellationToken);

    public Task<ReadOnlyMemory<byte>?> ReadAsync(ActorStateKey key, CancellationToken cancellationToken) =>
        Read($"read state of {key.Kind}", () => store.ReadState(key), cancellationToken);

    public Task WriteAsync(ActorStateKey key, ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        Write($"write state of {key.Kind}", () => store.WriteState(key, json), cancellationToken);

    private IReadOnlyList<RecordedOutcome> Record(NodeFence fence, IReadOnlyList<TaskOutcome> outcomes)
    {
        var answers = store.Record(fence, outcomes);
        counts.FencedOutcomes += answers.Count(answer => answer.Answer == OutcomeAnswer.Fenced);
        return answers;
    }

    private Task<T> Read<T>(string what, Func<T> query, CancellationToken cancellationToken) =>
        Call(new Statement<T>(what, query, writes: false), null, cancellationToken);

    private Task<T> Write<T>(string what, Func<T> commit, CancellationToken cancellationToken) =>
        Call(new Statement<T>(what, commit, writes: true), null, cancellationToken);

    private Task<T> Call<T>(Statement<T> statement, Action? arrived, CancellationToken cancellationToken)
    {
        if (!world.OnThread($"store call '{statement.What}'"))
        {
            return statement.Answer;
        }

        if (cancellationToken.CanBeCanceled)
        {
            statement.CancelWith(cancellationToken);
        }

        storeProcess.Post("statement", () => Arrive(statement, arrived), Latency());
        return statement.Answer;
    }

    private void Arrive<T>(Statement<T> statement, Action? arrived)
    {
        arrived?.Invoke();
        storeProcess.Post("commit", () => Commit(statement), Latency());
    }

    private void Commit<T>(Statement<T> statement)
    {
        if (world.Now < weather.StalledUntil)
        {
            storeProcess.Post("commit", () => Commit(statement), weather.StalledUntil - world.Now + Latency());
            return;
        }

        if (weather.Down || world.Chance(weather.FailureShare))
        {
            counts.StoreFaults++;
            world.Trace.Add($"store   {caller.Name}: {statement.What} fails");
            Reply(() => statement.Fail(new StoreUnavailableException($"{statement.What}: the store is away.")));
            return;
        }

        var lost = statement.Writes && world.Chance(weather.LostAnswerShare);
        if (lost && world.Chance(0.5))
        {
            Lose(statement, "not applied");
            return;
        }

        var answer = statement.Work();
        if (lost)
        {
            Lose(statement, "applied");
            return;
        }

        world.Trace.Add($"store   {caller.Name}: {statement.What}");
        Reply(() => statement.Succeed(answer));
    }

    private void Lose<T>(Statement<T> statement, string applied)
    {
        counts.LostAnswers++;
        world.Trace.Add($"store   {caller.Name}: {statement.What} loses its answer, {applied}");
        Reply(() => statement.Fail(new StoreUnknownException($"{statement.What}: the answer was lost.")));
    }

    private void Reply(Action deliver) => caller.Post("store answer", deliver, Latency());

    private TimeSpan Latency() => world.Skewed(TimeSpan.FromMicroseconds(20), weather.LatencyMax);

    private sealed class Statement<T>(string what, Func<T> work, bool writes)
    {
        private readonly TaskCompletionSource<T> _answer = new();
        private CancellationTokenRegistration _cancelling;

        public string What => what;

        public Func<T> Work => work;

        public bool Writes => writes;

        public Task<T> Answer => _answer.Task;

        public void CancelWith(CancellationToken cancellationToken) =>
            _cancelling = cancellationToken.UnsafeRegister(_ => _answer.TrySetCanceled(cancellationToken), null);

        public void Succeed(T answer)
        {
            _cancelling.Dispose();
            _answer.TrySetResult(answer);
        }

        public void Fail(Exception error)
        {
            _cancelling.Dispose();
            _answer.TrySetException(error);
        }
    }
}
