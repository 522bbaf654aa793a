using Microsoft.Extensions.Logging.Abstractions;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Placement;
using Silo.Core.Scheduling;
using Silo.Core.Storage;
using Silo.Testing;

namespace Silo.Core.Tests.Scheduling;

/// <summary>Answers of the store that overtake each other; everything else about the actor is the simulation's.</summary>
public sealed class SchedulerActorTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static readonly NodeRegistration Registration = new() { Name = "a", Instance = "a-1", Slots = 1, Types = ["echo"] };

    private readonly ManualTimeProvider _time = new();
    private readonly AnsweredStore _store = AnsweredStore.Create();
    private readonly TaskFactory _turns = new(new TurnScheduler());
    private readonly SchedulerActor _actor;

    public SchedulerActorTests() => _actor = new SchedulerActor(new SchedulerOptions(), new SchedulerPorts
    {
        Actors = new NobodyAnswers(),
        Store = _store.Face,
        Events = new LiveEvents(),
        Time = _time,
        Clock = new StoreClock(_time),
        Random = new SeededRandomSource(1),
        Logger = NullLogger.Instance,
        Strategies = new PlacementStrategies(PlacementStrategies.BuiltIn),
    });

    public async ValueTask DisposeAsync() => await CallAsync(async () =>
    {
        await _actor.DisposeAsync();
        return true;
    });

    [Fact]
    public async Task Register_AnsweredAfterAFenceThatTheStoreMadeLater_IsNotBelieved()
    {
        await CallAsync(async () =>
        {
            await _actor.StartAsync(CancellationToken.None);
            return true;
        });
        var joined = await CallAsync(() => _actor.RegisterNodeAsync(new RegisterNode(Registration, "life-1")));
        Assert.Equal(RegisterStatus.Registered, joined.Status);

        var late = new TaskCompletionSource<RegisterNodeAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Register = () => late.Task;
        var again = CallAsync(() => _actor.RegisterNodeAsync(new RegisterNode(Registration, "life-1")));
        var left = await CallAsync(() => _actor.LeaveNodeAsync(new LeaveNode(new NodeFence("a", 1))));
        Assert.True(left.Left);
        late.SetResult(AnsweredStore.FirstIncarnation);

        Assert.Equal(RegisterStatus.NotReady, (await Await.Within(again, Limit, "the late registration")).Status);
        // Where the store has ended it and begun the next one at once, that one has the number the scheduler counts the ended row by.
        _store.Register = () => Task.FromResult(AnsweredStore.FirstIncarnation with { Incarnation = 2 });
        Assert.Equal(2, (await CallAsync(() => _actor.RegisterNodeAsync(new RegisterNode(Registration, "life-1")))).Incarnation);
    }

    private Task<T> CallAsync<T>(Func<Task<T>> call) => Await.Within(_turns.StartNew(call).Unwrap(), Limit, "the scheduler");

    private sealed class NobodyAnswers : IActors
    {
        public ISchedulerActor Scheduler(string pool) => throw new ActorUnavailableException("Nobody is here.");

        public INodeActor Node(string name) => throw new ActorUnavailableException("Nobody is here.");

        public ITaskActor Task(Silo.Core.Tasks.TaskId id) => throw new ActorUnavailableException("Nobody is here.");
    }
}
