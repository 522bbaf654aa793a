using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Embedded.Tests.EndToEnd;

/// <summary>What waits for its time, on a clock that the test moves.</summary>
public sealed class EndToEndTimeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Executions _executions = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Delay_TaskIsDueLater_StartsThenAndNotBefore()
    {
        await using var silo = await StartAsync();
        await silo.JoinAsync("node-a", slots: 1);
        var spec = Spec(silo, TimeSpan.FromSeconds(4));

        await silo.Client.SubmitAsync([spec], default);
        var before = await silo.Client.ReadAsync(spec.Id, default);
        await silo.EndOfAsync(spec.Id);

        Assert.Equal(TaskState.Scheduled, before.State);
        Assert.InRange(Assert.Single(_executions.Started).At, spec.RunAt, spec.RunAt + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Retry_AttemptFails_NextStartsAfterItsBackoff()
    {
        await using var silo = await StartAsync();
        await silo.JoinAsync("node-a", slots: 1);
        var spec = Spec(silo, TimeSpan.Zero) with
        {
            Payload = "{\"failures\":2}"u8.ToArray(),
            Retry = new RetryPolicy { AttemptsMax = 3, BackoffInitial = TimeSpan.FromSeconds(2), BackoffFactor = 2, Jitter = 0 },
        };

        await silo.Client.SubmitAsync([spec], default);
        var end = await silo.EndOfAsync(spec.Id);

        Assert.Equal((TaskState.Succeeded, 3), (end.State, end.Task!.Attempt));
        var started = _executions.Started;
        Assert.Equal([1, 2, 3], started.Select(static one => one.Attempt));
        Assert.InRange(started[1].At - started[0].At, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
        Assert.InRange(started[2].At - started[1].At, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Worker_IsKilled_ItsTaskRunsElsewhereOnceItIsFenced()
    {
        await using var silo = await StartAsync();
        var killed = await silo.JoinAsync("node-a", slots: 1);
        var spec = Spec(silo, TimeSpan.Zero) with { Type = "gate" };
        await silo.Client.SubmitAsync([spec], default);
        await silo.UntilAsync(() => Task.FromResult(_executions.Started.Count == 1), "the task to start");
        await silo.JoinAsync("node-b", slots: 1);

        await silo.KillAsync(killed);
        await silo.UntilAsync(() => Task.FromResult(_executions.Started.Count == 2), "the task to start elsewhere");
        _executions.Gate.SetResult();
        var end = await silo.EndOfAsync(spec.Id);

        Assert.Equal((TaskState.Succeeded, 1, "node-b"), (end.State, end.Task!.Attempt, end.Task.Node));
    }

    private Task<EmbeddedSilo> StartAsync() => EmbeddedSilo.StartAsync(_folder.Combine("silo.db"), _executions, _clock);

    private static TaskSpec Spec(EmbeddedSilo silo, TimeSpan delay) => new()
    {
        Id = silo.Client.NewTaskId(),
        Type = "count",
        Queue = "default",
        RunAt = DateTimeOffset.FromUnixTimeMilliseconds((silo.Client.Now + delay).ToUnixTimeMilliseconds()),
        Payload = "{}"u8.ToArray(),
    };
}
