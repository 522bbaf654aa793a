using System.Text;
using Silo.Core.Scheduling;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Embedded.Tests.EndToEnd;

/// <summary>What a scheduler passes on to the next; how it is used is seen by what is sent ahead to a node whose only slot is taken.</summary>
public sealed class EndToEndMemoryTests : IDisposable
{
    private const int Count = 5;

    private static readonly ActorStateKey Key = new("scheduler", "default");

    private readonly TemporaryFolder _folder = new();
    private readonly Executions _executions = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TaskType_ThatRan_IsOnRecordAfterACrash()
    {
        _executions.Gate.SetResult();
        var silo = await StartAsync();
        await silo.JoinAsync("node-a", slots: 1);
        await silo.EndOfAsync((await SubmitAsync(silo, 1))[0]);
        await silo.UntilAsync(async () => await silo.States.ReadAsync(Key, default) is not null, "the estimate to be on record");
        await silo.CrashAsync();

        await using var next = await StartAsync();

        Assert.StartsWith("""{"seconds":{"gate":""", Encoding.UTF8.GetString((await next.States.ReadAsync(Key, default)).GetValueOrDefault().Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TaskType_ThatIsKnownToBeShort_IsSentAheadAtOnce()
    {
        await using var silo = await StartAsync(new ScriptedStates(static _ => Short()));
        await silo.JoinAsync("node-a", slots: 1);

        await SubmitAsync(silo, Count);

        await silo.UntilAsync(async () => await OccupiedAsync(silo) == Count, "all tasks to be on the node");
        await silo.UntilAsync(() => Task.FromResult(_executions.Started.Count == 1), "one of them to start");
    }

    [Fact]
    public async Task States_ThatAreAway_HoldNothingUpAndAreAskedAgain()
    {
        var states = new ScriptedStates(static read => read < 3 ? throw new StoreUnavailableException("The states are away.") : Short());
        await using var silo = await StartAsync(states);
        await silo.JoinAsync("node-a", slots: 1);

        await silo.UntilAsync(() => Task.FromResult(states.Reads == 3), "the third read");
        await SubmitAsync(silo, Count);
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

    private Task<EmbeddedSilo> StartAsync(IActorStateStore? states = null) =>
        EmbeddedSilo.StartAsync(_folder.Combine("silo.db"), _executions, _clock, scheduler: new SchedulerOptions { Remember = TimeSpan.FromSeconds(1) }, states: states);

    private static Task<ReadOnlyMemory<byte>?> Short() => Task.FromResult<ReadOnlyMemory<byte>?>("""{"seconds":{"gate":0}}"""u8.ToArray());

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
