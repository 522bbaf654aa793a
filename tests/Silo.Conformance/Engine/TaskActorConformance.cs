using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Conformance.Engine;

/// <summary>What somebody who asks about a task is told, and when.</summary>
public abstract class TaskActorConformance : EngineConformance
{
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedTaskStore _store = new();
    private readonly LiveEvents _events = new();
    private readonly TaskSpec _spec;

    protected TaskActorConformance() => _spec = new TaskSpec
    {
        Id = TaskId.Parse("01890000-0000-7000-8000-000000000001"),
        Type = "echo",
        Queue = "default",
        RunAt = _time.GetUtcNow(),
    };

    [Fact]
    public async Task Read_UnknownId_SaysThereIsNoSuchTask()
    {
        await using var engine = await StartAsync();

        Assert.Null((await ReadAsync(engine)).Task);
    }

    [Theory]
    [InlineData(StoredState.Succeeded, TaskState.Succeeded)]
    [InlineData(StoredState.Failed, TaskState.Failed)]
    [InlineData(StoredState.Cancelled, TaskState.Cancelled)]
    public async Task Read_TerminalRow_IsShownWhateverTheSchedulerSays(StoredState stored, TaskState shown)
    {
        _store.Put(_spec, stored);
        await using var engine = await StartAsync(_ => OnNodeAsync(attempt: 1));

        Assert.Equal(shown, (await ReadAsync(engine)).State);
    }

    [Fact]
    public async Task Read_WaitingRowOnANode_IsShownRunningThere()
    {
        _store.Put(_spec, StoredState.Waiting);
        await using var engine = await StartAsync(_ => OnNodeAsync(attempt: 1));

        var reply = await ReadAsync(engine);

        Assert.Equal((TaskState.Running, "node-a"), (reply.State, reply.Node));
    }

    [Fact]
    public async Task Read_NodeHoldsAnEarlierAttempt_IsNotShownRunning()
    {
        _store.Put(_spec with { RunAt = _time.GetUtcNow() + TimeSpan.FromMinutes(1) }, StoredState.Waiting, attempt: 2);
        await using var engine = await StartAsync(_ => OnNodeAsync(attempt: 1));

        var reply = await ReadAsync(engine);

        Assert.Equal((TaskState.Scheduled, null), (reply.State, reply.Node));
    }

    [Fact]
    public async Task Read_SchedulerFails_ShowsTheRow()
    {
        _store.Put(_spec, StoredState.Waiting);
        await using var engine = await StartAsync(_ => throw new InvalidOperationException("no scheduler"));

        Assert.Equal(TaskState.Ready, (await ReadAsync(engine)).State);
    }

    [Fact]
    public async Task Read_SchedulerIsSilent_ShowsTheRowAfterTheTimeout()
    {
        _store.Put(_spec, StoredState.Waiting);
        await using var engine = await StartAsync(_ => new TaskCompletionSource<LocateReply>().Task);

        var read = ReadAsync(engine);
        await Await.Within(_time.WhenTimersArmedAsync(1), Limit, "the time-out of the question to the scheduler");
        _time.Advance(TaskActor.LocateTimeout);

        Assert.Equal(TaskState.Ready, (await read).State);
    }

    [Fact]
    public async Task Read_TaskEndsWhileTheSchedulerIsAsked_ShowsTheEnd()
    {
        _store.Put(_spec, StoredState.Waiting);
        await using var engine = await StartAsync(async _ =>
        {
            if (!_store.Contains(default))
            {
                _store.Put(_spec with { Id = default }, StoredState.Waiting);
                await Await.Until(() => _store.Finds == 1, Limit, "the row to be read before the task ends");
                Record(StoredState.Succeeded);
            }

            return new LocateReply([]);
        });

        Assert.Equal(TaskState.Succeeded, (await ReadAsync(engine)).State);
    }

    [Fact]
    public async Task Read_AfterProgress_ShowsTheLatestUntilTheAttemptEnds()
    {
        _store.Put(_spec, StoredState.Waiting);
        await using var engine = await StartAsync(_ => OnNodeAsync(attempt: 1));
        await ReadAsync(engine);

        PublishProgress(percent: 40, "half way", "line 1");
        PublishProgress(percent: null, message: null, "line 2");
        var during = await ReadAsync(engine);
        _events.Publish([new TaskEvent { Kind = TaskEventKind.Returned, Id = _spec.Id }]);
        var after = await ReadAsync(engine);

        Assert.Equal((40, "half way"), (during.ProgressPercent, during.ProgressMessage));
        Assert.Equal(["line 1", "line 2"], during.Logs);
        Assert.Equal((null, 0), (after.ProgressPercent, after.Logs.Count));
    }

    [Fact]
    public async Task Wait_TerminalAlready_AnswersAtOnce()
    {
        _store.Put(_spec, StoredState.Failed);
        await using var engine = await StartAsync();

        Assert.Equal(TaskState.Failed, (await WaitAsync(engine, TimeSpan.FromMinutes(1))).State);
    }

    [Fact]
    public async Task Wait_OutcomeIsRecorded_AnswersWithoutTimePassing()
    {
        _store.Put(_spec, StoredState.Waiting);
        await using var engine = await StartAsync();

        var wait = WaitAsync(engine, TimeSpan.FromMinutes(1));
        await Await.Within(_time.WhenTimersArmedAsync(1), Limit, "the wait to begin");
        Record(StoredState.Succeeded);

        Assert.Equal(TaskState.Succeeded, (await wait).State);
    }

    [Fact]
    public async Task Wait_OutcomeIsRecordedBetweenReadAndWait_IsNotLost()
    {
        _store.Put(_spec, StoredState.Waiting);
        _store.AfterFind = _ =>
        {
            _store.AfterFind = static _ => Task.CompletedTask;
            Record(StoredState.Succeeded);
            return Task.CompletedTask;
        };
        await using var engine = await StartAsync();

        Assert.Equal(TaskState.Succeeded, (await WaitAsync(engine, TimeSpan.FromMinutes(1))).State);
    }

    [Fact]
    public async Task Wait_WakeUpIsLost_RowIsReadAgain()
    {
        _store.Put(_spec, StoredState.Waiting);
        await using var engine = await StartAsync();

        var wait = WaitAsync(engine, TimeSpan.FromMinutes(1));
        await Await.Within(_time.WhenTimersArmedAsync(1), Limit, "the wait to begin");
        _store.Put(_spec, StoredState.Succeeded);
        _time.Advance(TaskActor.RereadInterval);

        Assert.Equal(TaskState.Succeeded, (await wait).State);
    }

    [Fact]
    public async Task Wait_RetryIsRecorded_GoesOnUntilTheWaitIsOver()
    {
        _store.Put(_spec, StoredState.Waiting);
        await using var engine = await StartAsync();

        var wait = WaitAsync(engine, TimeSpan.FromSeconds(3));
        await Await.Within(_time.WhenTimersArmedAsync(1), Limit, "the wait to begin");
        Record(StoredState.Waiting);
        await ReadAsync(engine);
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(TaskState.Ready, (await wait).State);
    }

    private static Task<LocateReply> NowhereAsync() => Task.FromResult(new LocateReply([]));

    private Task<LocateReply> OnNodeAsync(int attempt) => Task.FromResult(new LocateReply([new TaskLocation(_spec.Id, "node-a", attempt)]));

    private Task<IRunningEngine> StartAsync(Func<LocateTasks, Task<LocateReply>>? locate = null) =>
        StartEngineAsync(
            scheduler: (_, _) => new ScriptedScheduler { Locate = locate ?? (_ => NowhereAsync()) },
            task: (id, actors) => new TaskActor(id, _store, actors, new StoreClock(_time), _time, "default"),
            events: _events);

    private Task<TaskStatusReply> ReadAsync(IRunningEngine engine) =>
        Await.Within(engine.Actors.Task(_spec.Id).ReadAsync(new ReadTask()), Limit, "a read");

    private Task<TaskStatusReply> WaitAsync(IRunningEngine engine, TimeSpan wait) =>
        Await.Within(engine.Actors.Task(_spec.Id).WaitAsync(new WaitTask(wait)), Limit, "a wait");

    private void Record(StoredState state)
    {
        _store.Put(_spec, state);
        _events.Publish([new TaskEvent { Kind = TaskEventKind.Recorded, Id = _spec.Id, Attempt = 1, State = state }]);
    }

    private void PublishProgress(double? percent, string? message, string line) =>
        _events.Publish([new TaskEvent
        {
            Kind = TaskEventKind.Progress,
            Id = _spec.Id,
            Attempt = 1,
            Progress = new TaskProgress { Id = _spec.Id, Attempt = 1, Percent = percent, Message = message, Logs = [line] },
        }]);
}
