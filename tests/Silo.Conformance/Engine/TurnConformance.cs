using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Conformance.Engine;

/// <summary>How calls run inside an actor: one turn at a time, interleaved at awaits, none lost.</summary>
public abstract class TurnConformance : EngineConformance
{
    private static readonly LocateTasks Nothing = new([]);

    [Fact]
    public async Task Turns_ManyCallersAtOnce_NeverOverlapAndNoneIsLost()
    {
        const int callers = 8;
        const int callsEach = 250;
        var inside = 0;
        var overlaps = 0;
        var calls = 0;
        await using var engine = await StartEngineAsync((_, _) => new ScriptedScheduler { Locate = CountAsync });

        // Plain fields are safe here only because turns exclude each other: the counts below are the proof.
        async Task<LocateReply> CountAsync(LocateTasks request)
        {
            for (var part = 0; part < 3; part++)
            {
                overlaps += Interlocked.Increment(ref inside) == 1 ? 0 : 1;
                var seen = calls;
                Thread.SpinWait(20);
                calls = seen + 1;
                Interlocked.Decrement(ref inside);
                await Task.Yield();
            }

            return ScriptedScheduler.Echo(request);
        }

        var work = Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < callsEach; i++)
            {
                await engine.Actors.Scheduler("default").LocateAsync(Nothing);
            }
        }));

        await Await.Within(Task.WhenAll(work), Limit, "all calls to be answered");
        Assert.Equal(0, overlaps);
        Assert.Equal(callers * callsEach * 3, calls);
    }

    [Fact]
    public async Task Turns_OneCallAwaits_OthersRunMeanwhile()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = await StartEngineAsync((_, _) => new ScriptedScheduler
        {
            Locate = async request =>
            {
                waiting.SetResult();
                await gate.Task;
                return ScriptedScheduler.Echo(request);
            },
            Cancelled = _ =>
            {
                gate.SetResult();
                return Task.FromResult(new CancelNoticeReply(true));
            },
        });
        var scheduler = engine.Actors.Scheduler("default");

        var first = scheduler.LocateAsync(Nothing);
        await Await.Within(waiting.Task, Limit, "the first call to wait inside the actor");
        await Await.Within(scheduler.NotifyCancelAsync(new CancelNotice([])), Limit, "a second call while the first waits");
        await Await.Within(first, Limit, "the first call, which the second has freed");
    }

    [Fact]
    public async Task Turns_AfterAnAwaitOfSomethingOutside_ComeBackToTheActor()
    {
        var schedulers = new List<TaskScheduler>();
        await using var engine = await StartEngineAsync((_, _) => new ScriptedScheduler
        {
            Locate = async request =>
            {
                schedulers.Add(TaskScheduler.Current);
                await Task.Run(static () => Thread.SpinWait(1000));
                schedulers.Add(TaskScheduler.Current);
                return ScriptedScheduler.Echo(request);
            },
        });

        await Await.Within(engine.Actors.Scheduler("default").LocateAsync(Nothing), Limit, "the call");

        Assert.NotSame(TaskScheduler.Default, schedulers[0]);
        Assert.Same(schedulers[0], schedulers[1]);
    }

    [Fact]
    public async Task Turns_ASignalSetByAnotherTurn_NeverRunsItsWaiterInsideThatTurn()
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var order = new List<string>();
        await using var engine = await StartEngineAsync((_, _) => new ScriptedScheduler
        {
            Locate = async request =>
            {
                waiting.SetResult();
                await signal.Task;
                order.Add("waiter");
                return ScriptedScheduler.Echo(request);
            },
            Cancelled = _ =>
            {
                signal.SetResult();
                order.Add("rest of the turn");
                return Task.FromResult(new CancelNoticeReply(true));
            },
        });
        var scheduler = engine.Actors.Scheduler("default");

        var first = scheduler.LocateAsync(Nothing);
        await Await.Within(waiting.Task, Limit, "the waiter to wait");
        await Await.Within(scheduler.NotifyCancelAsync(new CancelNotice([])), Limit, "the signal");
        await Await.Within(first, Limit, "the waiter");

        Assert.Equal(["rest of the turn", "waiter"], order);
    }

    [Fact]
    public async Task Actors_CalledByKey_AreOneEach()
    {
        var made = new List<string>();
        await using var engine = await StartEngineAsync(node: (name, _) =>
        {
            lock (made)
            {
                made.Add(name);
            }

            var calls = 0;
            return new ScriptedNode(_ => Task.FromResult(ScriptedNode.Inventory(++calls)));
        });

        var first = Enumerable.Range(0, 20).Select(_ => engine.Actors.Node("first").ReadInventoryAsync(new ReadInventory(1)));
        var second = Enumerable.Range(0, 10).Select(_ => engine.Actors.Node("second").ReadInventoryAsync(new ReadInventory(1)));
        var counts = await Await.Within(Task.WhenAll(first.Concat(second)), Limit, "calls to two nodes");

        Assert.Equal(["first", "second"], made.Order());
        Assert.Equal(20, counts[..20].Max(static one => one.LastCommand));
        Assert.Equal(10, counts[20..].Max(static one => one.LastCommand));
    }

    [Fact]
    public async Task Tasks_CalledById_GetTheirOwnId()
    {
        var id = TaskId.Parse("01890000-0000-7000-8000-000000000001");
        await using var engine = await StartEngineAsync(task: static (id, _) => new EchoTask(id));

        var reply = await Await.Within(engine.Actors.Task(id).ReadAsync(new ReadTask()), Limit, "the task's actor");

        Assert.Equal(id.ToString(), reply.Node);
    }

    private sealed class EchoTask(TaskId id) : ITaskActor
    {
        public Task<TaskStatusReply> ReadAsync(ReadTask request) => Task.FromResult(new TaskStatusReply { Node = id.ToString() });

        public Task<TaskStatusReply> WaitAsync(WaitTask request) => ReadAsync(new ReadTask());

        public Task<Acknowledged> NotifyAsync(TaskEvent happened) => Task.FromResult(Acknowledged.Instance);
    }
}
