using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Embedded.Tests.EndToEnd;

/// <summary>What keeps a long-running Silo well: old tasks go, bad strategies stop only their queue, a scheduler that is refused is replaced.</summary>
public sealed class EndToEndCareTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Retention_FinishedTaskGrowsOld_IsDeleted()
    {
        var clock = new ManualTimeProvider();
        await using var silo = await StartAsync(clock, new RetentionOptions { KeepFor = TimeSpan.FromSeconds(5), Every = TimeSpan.FromSeconds(1) });
        await silo.JoinAsync("one", slots: 1);
        var id = await SubmitAsync(silo);
        var end = await silo.EndOfAsync(id);
        var finishedAt = end.Task!.FinishedAt!.Value;

        await silo.UntilAsync(async () => (await silo.Client.ReadAsync(id, default)).Task is null, "the old task to be deleted");
        Assert.True(silo.Client.Now - finishedAt >= TimeSpan.FromSeconds(5));
        Assert.Equal(0, (await silo.Client.CountAsync(default)).Sum(static count => count.Count));
    }

    [Fact]
    public async Task Strategy_Throws_StopsItsQueueUntilItIsSetAnew()
    {
        await using var silo = await StartAsync();
        await silo.JoinAsync("one", slots: 1);
        await silo.Client.SetQueueAsync(new QueueSettings { Name = "odd", Strategy = "throwing" }, default);
        var stuck = await SubmitAsync(silo, "odd");
        var other = await SubmitAsync(silo);

        Assert.Equal(TaskState.Succeeded, (await silo.EndOfAsync(other)).State);
        Assert.Equal(TaskState.Ready, (await silo.Client.ReadAsync(stuck, default)).State);
        await silo.Client.SetQueueAsync(new QueueSettings { Name = "odd", Strategy = "round-robin" }, default);
        Assert.Equal(TaskState.Succeeded, (await silo.EndOfAsync(stuck)).State);
    }

    [Fact]
    public async Task Scheduler_RefusedByTheStore_IsReplacedAndTasksRun()
    {
        var clock = new ManualTimeProvider();
        await using var silo = await StartAsync(clock);
        await silo.JoinAsync("one", slots: 1);
        var epoch = (await silo.Client.ReadSnapshotAsync(default)).Epoch;
        var taken = await silo.SchedulerStore.TakeEpochAsync("default", default);

        // The next write of the old scheduler is refused; another takes the epoch after that.
        Assert.Equal(Core.Engine.SetQueueStatus.NotReady, (await silo.Client.SetQueueAsync(new QueueSettings { Name = "default" }, default)).Status);
        await silo.UntilAsync(async () => await silo.Client.ReadSnapshotAsync(default) is { TakingOver: false } snapshot && snapshot.Epoch > taken, "another scheduler to act");
        Assert.True(taken > epoch);
        Assert.Equal(TaskState.Succeeded, (await silo.EndOfAsync(await SubmitAsync(silo))).State);
    }

    private static async Task<TaskId> SubmitAsync(EmbeddedSilo silo, string queue = QueueSettings.DefaultName)
    {
        var id = silo.Client.NewTaskId();
        await silo.Client.SubmitAsync([new TaskSpec { Id = id, Type = "echo", Queue = queue, RunAt = silo.Client.Now }], default);
        return id;
    }

    private Task<EmbeddedSilo> StartAsync(ManualTimeProvider? clock = null, RetentionOptions? retention = null) =>
        EmbeddedSilo.StartAsync(Path.Combine(_folder.Path, "silo.db"), new Executions(), clock, retention: retention);
}
