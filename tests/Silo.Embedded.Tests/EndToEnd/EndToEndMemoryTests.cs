using Silo.Core.Scheduling;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Embedded.Tests.EndToEnd;

/// <summary>What a scheduler passes on to the next, seen by what it sends ahead to a node whose only slot is taken.</summary>
public sealed class EndToEndMemoryTests : IDisposable
{
    private const int Count = 5;

    private static readonly ActorStateKey Key = new("scheduler", "default");

    private readonly TemporaryFolder _folder = new();
    private readonly Executions _executions = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Crash_NextScheduler_SendsShortTasksAheadAtOnce()
    {
        var open = new Executions();
        open.Gate.SetResult();
        var first = await StartAsync(executions: open);
        await first.JoinAsync("node-a", slots: 1);
        await first.EndOfAsync((await SubmitAsync(first, 1))[0]);
        await first.UntilAsync(async () => await first.States.ReadAsync(Key, default) is not null, "the estimate to be on record");
        await first.CrashAsync();

        await using var next = await StartAsync();
        await next.JoinAsync("node-b", slots: 1);
        await SubmitAsync(next, Count);

        await next.UntilAsync(async () => await OccupiedAsync(next) == Count, "all tasks to be on the node");
        await next.UntilAsync(() => Task.FromResult(_executions.Started.Count == 1), "one of them to start");
    }

    [Fact]
    public async Task States_ThatAreAway_HoldNothingUpAndAreAskedAgain()
    {
        var states = new ScriptedStates(static read => read < 3
            ? throw new StoreUnavailableException("The states are away.")
            : Task.FromResult<ReadOnlyMemory<byte>?>("""{"seconds":{"gate":0}}"""u8.ToArray()));
        await using var silo = await StartAsync(states);
        await silo.JoinAsync("node-a", slots: 1);

        await SubmitAsync(silo, Count);
        await silo.UntilAsync(() => Task.FromResult(_executions.Started.Count == 1), "a task to start");
        await silo.UntilAsync(async () => await OccupiedAsync(silo) == Count, "all tasks to be on the node");

        Assert.Equal(3, states.Reads);
    }

    [Fact]
    public async Task States_ThatDoNotAnswer_HoldNothingUp()
    {
        var never = new TaskCompletionSource<ReadOnlyMemory<byte>?>();
        var states = new ScriptedStates(_ => never.Task);
        await using var silo = await StartAsync(states);
        await silo.JoinAsync("node-a", slots: 1);
        _executions.Gate.SetResult();

        foreach (var id in await SubmitAsync(silo, Count))
        {
            Assert.Equal(TaskState.Succeeded, (await silo.EndOfAsync(id)).State);
        }

        Assert.Equal(1, states.Reads);
    }

    private Task<EmbeddedSilo> StartAsync(IActorStateStore? states = null, Executions? executions = null) =>
        EmbeddedSilo.StartAsync(_folder.Combine("silo.db"), executions ?? _executions, _clock, scheduler: new SchedulerOptions { Remember = TimeSpan.FromSeconds(1) }, states: states);

    private static async Task<int> OccupiedAsync(EmbeddedSilo silo) => (await silo.Client.ReadSnapshotAsync(default)).Nodes.Sum(static node => node.Occupied);

    private static async Task<IReadOnlyList<TaskId>> SubmitAsync(EmbeddedSilo silo, int count)
    {
        TaskSpec[] tasks =
        [
            .. Enumerable.Range(0, count).Select(_ => new TaskSpec
            {
                Id = silo.Client.NewTaskId(),
                Type = "gate",
                Queue = "default",
                RunAt = DateTimeOffset.FromUnixTimeMilliseconds(silo.Client.Now.ToUnixTimeMilliseconds()),
                Payload = "{}"u8.ToArray(),
            }),
        ];
        await silo.Client.SubmitAsync(tasks, default);
        return [.. tasks.Select(static task => task.Id)];
    }
}
