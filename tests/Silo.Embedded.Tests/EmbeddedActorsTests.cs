using Microsoft.Extensions.Logging.Abstractions;
using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Embedded.Tests;

/// <summary>How actors come and go in one process.</summary>
public sealed class EmbeddedActorsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TaskId First = TaskId.Parse("01890000-0000-7000-8000-000000000001");
    private static readonly TaskId Second = TaskId.Parse("01890000-0000-7000-8000-000000000002");

    private readonly ManualTimeProvider _time = new();
    private readonly LiveEvents _events = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<FakeTask> _made = [];

    [Fact]
    public async Task TaskActor_NobodyAsksForLong_IsDroppedAndMadeAnew()
    {
        await using var actors = New();
        await AskAsync(actors, First);

        await PassAsync(new EmbeddedOptions().TaskIdle, until: () => actors.Count == 0);
        await AskAsync(actors, First);

        Assert.Equal(2, _made.Count);
        Assert.True(_made[0].Stopped);
    }

    [Fact]
    public async Task TaskActor_SomebodyWaits_IsKept()
    {
        await using var actors = New();
        var wait = actors.Task(First).WaitAsync(new WaitTask(TimeSpan.FromHours(1)));
        await Await.Within(_asked.Task, Limit, "the wait to be under way");
        await AskAsync(actors, Second);

        await PassAsync(new EmbeddedOptions().TaskIdle, until: () => actors.Count == 1);
        Assert.Equal([false, true], _made.Select(static one => one.Stopped));

        // Once it is answered, the check that is still going through the actors may take it as idle.
        _made[0].Answer.SetResult(new TaskStatusReply());
        await Await.Within(wait, Limit, "the wait");
    }

    [Fact]
    public async Task TaskActor_Dropped_GetsNoMoreEvents()
    {
        await using var actors = New();
        await AskAsync(actors, First);
        Assert.True(_events.Listening);

        await PassAsync(new EmbeddedOptions().TaskIdle, until: () => actors.Count == 0);

        Assert.False(_events.Listening);
    }

    [Fact]
    public async Task TaskActors_LimitIsReached_IdleOnesMakeRoom()
    {
        await using var actors = New(new EmbeddedOptions { TaskActorsMax = 1 });
        await AskAsync(actors, First);
        await AskAsync(actors, Second);

        Assert.Equal(1, actors.Count);
        Assert.True(_made[0].Stopped);
    }

    [Fact]
    public async Task TaskActors_LimitIsReachedAndAllAreBusy_CallIsRefused()
    {
        await using var actors = New(new EmbeddedOptions { TaskActorsMax = 1 });
        var wait = actors.Task(First).WaitAsync(new WaitTask(TimeSpan.FromHours(1)));
        await Await.Within(_asked.Task, Limit, "the first actor to be busy");

        await Assert.ThrowsAsync<ActorUnavailableException>(() => actors.Task(Second).ReadAsync(new ReadTask()));
        _made[0].Answer.SetResult(new TaskStatusReply());
        await Await.Within(wait, Limit, "the call under way, which is not disturbed");
    }

    [Fact]
    public async Task Dispose_CallsAreUnderWay_TheyFailAndTheActorStopsInOrder()
    {
        var actors = New();
        var wait = actors.Task(First).WaitAsync(new WaitTask(TimeSpan.FromHours(1)));
        await Await.Within(_asked.Task, Limit, "the call to be under way");

        await Await.Within(actors.DisposeAsync().AsTask(), Limit, "the engine to stop");

        await Assert.ThrowsAsync<ActorUnavailableException>(() => wait);
        await Assert.ThrowsAsync<ActorUnavailableException>(() => actors.Task(First).ReadAsync(new ReadTask()));
        Assert.True(_made[0].Stopped);
    }

    [Fact]
    public async Task Crash_CallsAreUnderWay_NothingOfThemGoesOn()
    {
        var actors = New();
        var wait = actors.Task(First).WaitAsync(new WaitTask(TimeSpan.FromHours(1)));
        await Await.Within(_asked.Task, Limit, "the call to be under way");

        await Await.Within(actors.CrashAsync(), Limit, "the crash");
        _made[0].Answer.SetResult(new TaskStatusReply());

        await Assert.ThrowsAsync<ActorUnavailableException>(() => wait);
        Assert.False(_made[0].Stopped);
        Assert.False(_made[0].WentOn);
    }

    private EmbeddedActors New(EmbeddedOptions? options = null) => new(
        // These tests move the clock far while an actor stops: it must not be cut off for that.
        options ?? new EmbeddedOptions { StopTimeout = TimeSpan.FromDays(1) },
        new ActorFactories
        {
            Scheduler = static (_, _) => throw new NotSupportedException("This test has no scheduler."),
            Node = static (_, _) => throw new NotSupportedException("This test has no node."),
            Task = (_, _) =>
            {
                var made = new FakeTask(_asked);
                _made.Add(made);
                return made;
            },
        },
        _events,
        _time,
        NullLogger<EmbeddedActors>.Instance);

    private static Task AskAsync(EmbeddedActors actors, TaskId id) => Await.Within(actors.Task(id).ReadAsync(new ReadTask()), Limit, $"task {id}");

    // The idle check runs on the thread pool when its timer fires, so there is a moment between the clock and its effect.
    private Task PassAsync(TimeSpan time, Func<bool> until)
    {
        _time.Advance(time);
        return Await.Until(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(15));
                return until();
            },
            Limit,
            "idle actors to be dropped");
    }

    private sealed class FakeTask(TaskCompletionSource asked) : ITaskActor, IActorLifecycle
    {
        public TaskCompletionSource<TaskStatusReply> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Stopped { get; private set; }

        public bool WentOn { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync()
        {
            Stopped = true;
            return Task.CompletedTask;
        }

        public Task<TaskStatusReply> ReadAsync(ReadTask request) => Task.FromResult(new TaskStatusReply());

        public async Task<TaskStatusReply> WaitAsync(WaitTask request)
        {
            asked.SetResult();
            var answer = await Answer.Task;
            WentOn = true;
            return answer;
        }

        public Task<Acknowledged> NotifyAsync(TaskEvent happened) => Task.FromResult(Acknowledged.Instance);
    }
}
