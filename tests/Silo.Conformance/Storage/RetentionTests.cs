using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

public abstract class RetentionTests : StoreTests
{
    [Fact]
    public async Task Prune_DeletesOnlyWhatEndedBefore()
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(6);
        var limit = Start.AddSeconds(100);
        await EndAsync(tasks[0], OutcomeKind.Succeeded, 99);
        await EndAsync(tasks[1], OutcomeKind.Failed, 99);
        await EndAsync(tasks[2], OutcomeKind.Cancelled, 99);
        await EndAsync(tasks[3], OutcomeKind.Succeeded, 100);
        await MarkAsync(fence, tasks[4].Id);

        Assert.Equal(3, await Tasks.PruneAsync(limit, 100, Never));

        Assert.Equal(tasks.Skip(3).Select(task => task.Id).Reverse(), (await ListAllAsync()).Select(task => task.Spec.Id));
        Assert.Null(await Tasks.FindAsync(tasks[0].Id, Never));
        await AssertCountersEqualRowsAsync();

        async Task EndAsync(TaskSpec task, OutcomeKind kind, int second) =>
            await RecordAsync(fence, Outcome(task.Id, kind) with { FinishedAt = Start.AddSeconds(second) });
    }

    [Fact]
    public async Task Prune_WithALimit_TakesTheOldestFirst()
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(10);
        await Outcomes.RecordAsync(
            fence,
            [.. tasks.Select((task, index) => Outcome(task.Id, OutcomeKind.Succeeded) with { FinishedAt = Start.AddSeconds(100 - index) })],
            Never);

        Assert.Equal(4, await Tasks.PruneAsync(Start.AddDays(1), 4, Never));

        Assert.Equal(tasks.Take(6).Select(task => task.Id).Reverse(), (await ListAllAsync()).Select(task => task.Spec.Id));
    }

    [Fact]
    public async Task Prune_ManyRows_DeletesUpToTheLimit()
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(1300);
        await Outcomes.RecordAsync(fence, [.. tasks.Select(task => Outcome(task.Id, OutcomeKind.Succeeded))], Never);

        Assert.Equal(1200, await Tasks.PruneAsync(Start.AddDays(1), 1200, Never));
        Assert.Equal(100, await Tasks.PruneAsync(Start.AddDays(1), 1200, Never));
        Assert.Equal(0, await Tasks.PruneAsync(Start.AddDays(1), 1200, Never));
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Prune_TaskRetriedMeanwhile_IsKept()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await RecordAsync(fence, task.Id, OutcomeKind.Failed);
        await Tasks.RetryAsync([task.Id], Start, Never);

        Assert.Equal(0, await Tasks.PruneAsync(Start.AddDays(1), 10, Never));

        Assert.Equal([task.Id], await WaitingIdsAsync());
    }

    [Fact]
    public async Task Prune_AgainstConcurrentRetries_LosesNoRetriedTask()
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(200);
        await Outcomes.RecordAsync(fence, [.. tasks.Select(task => Outcome(task.Id, OutcomeKind.Failed))], Never);

        var pruning = Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Tasks.PruneAsync(Start.AddDays(1), 10, Never)));
        var retried = (await Task.WhenAll(tasks.Select(task => Tasks.RetryAsync([task.Id], Start, Never)))).SelectMany(answers => answers)
            .Where(answer => answer.Task is not null).Select(answer => answer.Id).Order().ToArray();
        var pruned = (await pruning).Sum();

        Assert.Equal(retried, (await ListAllAsync()).Select(task => task.Spec.Id).Order());
        Assert.Equal(tasks.Length, retried.Length + pruned);
        await AssertCountersEqualRowsAsync();
    }
}
