using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Conformance.Engine;

/// <summary>What a call between actors may count on: errors come back, circles do not deadlock, an actor is started before it is called.</summary>
public abstract class CallConformance : EngineConformance
{
    private static readonly LocateTasks Nothing = new([]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Calls_ActorThrows_CallerGetsTheException(bool beforeAnyAwait)
    {
        await using var engine = await StartEngineAsync((_, _) => new ScriptedScheduler
        {
            Locate = beforeAnyAwait
                ? _ => throw new InvalidOperationException("thrown at once")
                : async _ =>
                {
                    await Task.Yield();
                    throw new InvalidOperationException("thrown later");
                },
        });

        var call = engine.Actors.Scheduler("default").LocateAsync(Nothing);

        var problem = await Await.Within(Assert.ThrowsAsync<InvalidOperationException>(() => call), Limit, "the exception");
        Assert.StartsWith("thrown", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_ActorHasThrown_TheNextIsAnswered()
    {
        var calls = 0;
        await using var engine = await StartEngineAsync((_, _) => new ScriptedScheduler
        {
            Locate = request => ++calls == 1 ? throw new InvalidOperationException("the first fails") : Task.FromResult(ScriptedScheduler.Echo(request)),
        });
        var scheduler = engine.Actors.Scheduler("default");

        await Assert.ThrowsAsync<InvalidOperationException>(() => Await.Within(scheduler.LocateAsync(Nothing), Limit, "the first call"));
        await Await.Within(scheduler.LocateAsync(Nothing), Limit, "the second call");

        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Calls_SchedulerAndNodeCallEachOtherInsideTheirTurns_NeverDeadlock()
    {
        await using var engine = await StartEngineAsync(
            (_, actors) => new ScriptedScheduler
            {
                Locate = async request =>
                {
                    await Task.WhenAll(Enumerable.Range(0, 4).Select(i => actors.Node($"node-{i}").ReadInventoryAsync(new ReadInventory(1))));
                    return ScriptedScheduler.Echo(request);
                },
                Cancelled = _ => Task.FromResult(new CancelNoticeReply(true)),
            },
            (_, actors) => new ScriptedNode(async request =>
            {
                await actors.Scheduler("default").NotifyCancelAsync(new CancelNotice([]));
                return ScriptedNode.Inventory(request.Epoch);
            }));

        var calls = Enumerable.Range(0, 100).Select(_ => engine.Actors.Scheduler("default").LocateAsync(Nothing));

        await Await.Within(Task.WhenAll(calls), Limit, "a hundred circles scheduler → node → scheduler");
    }

    [Fact]
    public async Task Calls_WhatTheCallerChangesAfterwards_DoesNotReachTheActor()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = await StartEngineAsync((_, _) => new ScriptedScheduler
        {
            Cancelled = async _ =>
            {
                await gate.Task;
                return new CancelNoticeReply(true);
            },
            Locate = async request =>
            {
                await gate.Task;
                return ScriptedScheduler.Echo(request);
            },
        });
        List<TaskId> ids = [TaskId.Parse("01890000-0000-7000-8000-000000000001")];

        var call = engine.Actors.Scheduler("default").LocateAsync(new LocateTasks(ids));
        ids.Clear();
        gate.SetResult();

        Assert.Single((await Await.Within(call, Limit, "the call")).Locations);
    }

    [Fact]
    public async Task Actors_WithALifecycle_AreStartedBeforeTheirFirstCall()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = new LifecycleTask(gate.Task);
        await using var engine = await StartEngineAsync(task: (_, _) => actor);

        var calls = Enumerable.Range(0, 3).Select(_ => engine.Actors.Task(default).ReadAsync(new ReadTask())).ToArray();
        await Await.Within(actor.Starting.Task, Limit, "the start");
        Assert.Equal(["start"], actor.Happened);
        gate.SetResult();
        await Await.Within(Task.WhenAll(calls), Limit, "the calls that waited for the start");

        Assert.Equal(["start", "started", "call", "call", "call"], actor.Happened);
    }

    [Fact]
    public async Task Actors_StartFails_CallFailsAndTheNextCallMakesANewActor()
    {
        var made = 0;
        await using var engine = await StartEngineAsync(task: (_, _) => new LifecycleTask(
            ++made == 1 ? Task.FromException(new InvalidOperationException("no start")) : Task.CompletedTask));
        var task = engine.Actors.Task(default);

        await Assert.ThrowsAnyAsync<Exception>(() => Await.Within(task.ReadAsync(new ReadTask()), Limit, "the call to an actor that cannot start"));
        await Await.Within(task.ReadAsync(new ReadTask()), Limit, "the call to a new actor");

        Assert.Equal(2, made);
    }

    private sealed class LifecycleTask(Task start) : ITaskActor, IActorLifecycle
    {
        public List<string> Happened { get; } = [];

        public TaskCompletionSource Starting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            Happened.Add("start");
            Starting.SetResult();
            await start;
            Happened.Add("started");
        }

        public Task StopAsync() => Task.CompletedTask;

        public Task<TaskStatusReply> ReadAsync(ReadTask request)
        {
            Happened.Add("call");
            return Task.FromResult(new TaskStatusReply());
        }

        public Task<TaskStatusReply> WaitAsync(WaitTask request) => ReadAsync(new ReadTask());

        public Task<Acknowledged> NotifyAsync(TaskEvent happened) => Task.FromResult(Acknowledged.Instance);
    }
}
