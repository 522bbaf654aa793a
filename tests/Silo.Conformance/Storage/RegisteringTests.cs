using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

public abstract class RegisteringTests : StoreTests
{
    [Fact]
    public async Task Epoch_Taken_GrowsPerPoolAndSurvivesACrash()
    {
        Assert.Equal(Epoch + 1, await Scheduler.TakeEpochAsync(Pool, Never));
        var other = await Scheduler.TakeEpochAsync("other", Never);

        await Harness.CrashAndReopenAsync();

        Assert.Equal(Epoch + 2, await Scheduler.TakeEpochAsync(Pool, Never));
        Assert.Equal(other + 1, await Scheduler.TakeEpochAsync("other", Never));
    }

    [Fact]
    public async Task Epoch_TakenConcurrently_IsGivenOnce()
    {
        var epochs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Scheduler.TakeEpochAsync(Pool, Never)));

        Assert.Equal(20, epochs.Distinct().Count());
    }

    [Fact]
    public async Task StaleEpoch_EveryWriteOfTheScheduler_ChangesNothing()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await MarkAsync(fence, task.Id);
        await Tasks.RequestCancelAsync([task.Id], Never);
        var newer = await Scheduler.TakeEpochAsync(Pool, Never);

        Assert.Equal(EpochAnswer.StaleEpoch, (await Scheduler.RegisterNodeAsync(Pool, Epoch, Node("n1", "life-2"), Never)).Answer);
        Assert.Equal(EpochAnswer.StaleEpoch, (await Scheduler.RegisterNodeAsync(Pool, Epoch, Node("n2"), Never)).Answer);
        Assert.Equal(EpochAnswer.StaleEpoch, (await FenceAsync(fence)).Answer);
        Assert.Equal(EpochAnswer.StaleEpoch, (await Scheduler.ReleaseRunningAsync(Pool, Epoch, fence, [], Never)).Answer);
        Assert.Equal(EpochAnswer.StaleEpoch, (await Scheduler.CancelWaitingAsync(Pool, Epoch, [task.Id], Never)).Answer);
        Assert.False(await Scheduler.SetDrainAsync(Pool, Epoch, "n1", true, Never));
        Assert.False(await Scheduler.SaveQueueAsync(Pool, Epoch, new QueueSettings { Name = "new" }, Never));

        Assert.Equal(StoredState.Running, (await SnapshotAsync(task.Id)).State);
        var node = Assert.Single(await Scheduler.ReadNodesAsync(Pool, Never));
        Assert.Equal((fence.Incarnation, true, false), (node.Incarnation, node.Alive, node.Draining));
        Assert.DoesNotContain(await Scheduler.ReadQueuesAsync(Never), queue => queue.Name == "new");
        Assert.Equal(EpochAnswer.Done, (await Scheduler.FenceNodeAsync(Pool, newer, fence, FenceReason.Died, Never)).Answer);
    }

    [Fact]
    public async Task Register_NewNode_IsReadBackWhole()
    {
        var registration = Node("n1") with
        {
            Slots = 7,
            Weight = 3,
            Tier = NodeTier.Fallback,
            Types = ["echo", "sleep"],
            Labels = new Dictionary<string, string> { ["zone"] = "a" },
            Kind = "local",
            BeatInterval = TimeSpan.FromSeconds(4),
        };

        var answer = await Scheduler.RegisterNodeAsync(Pool, Epoch, registration, Never);
        await Harness.CrashAndReopenAsync();

        Assert.Equal((EpochAnswer.Done, false), (answer.Answer, answer.Draining));
        Assert.Empty(answer.Casualties);
        var node = Assert.Single(await Scheduler.ReadNodesAsync(Pool, Never));
        Assert.Equivalent(registration, node.Registration, strict: true);
        Assert.Equal((answer.Incarnation, true, false, false), (node.Incarnation, node.Alive, node.Draining, node.LeftInOrder));
        Assert.Empty(await Scheduler.ReadNodesAsync("other", Never));
    }

    [Fact]
    public async Task Register_SameInstanceWhileAlive_AnswersTheSameIncarnation()
    {
        var first = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await MarkAsync(first, task.Id);

        Assert.Equal(first, await RegisterAsync("n1"));
        Assert.Equal(StoredState.Running, (await SnapshotAsync(task.Id)).State);
    }

    [Fact]
    public async Task Register_SameInstanceAfterItsFence_IsANewIncarnation()
    {
        var first = await RegisterAsync("n1");
        await FenceAsync(first);

        Assert.True((await RegisterAsync("n1")).Incarnation > first.Incarnation);
    }

    [Fact]
    public async Task Register_NewInstanceOverALivingOne_FencesThatInTheSameTransaction()
    {
        var first = await RegisterAsync("n1", "life-1");
        var task = await InsertNewAsync();
        await MarkAsync(first, task.Id);

        var answer = await Scheduler.RegisterNodeAsync(Pool, Epoch, Node("n1", "life-2"), Never);

        Assert.True(answer.Incarnation > first.Incarnation);
        Assert.Equal([new Casualty(task.Id, 1, false)], answer.Casualties);
        var row = await SnapshotAsync(task.Id);
        Assert.Equal((StoredState.Waiting, 1, 1), (row.State, row.Task.Attempt, row.Task.Deaths));
        Assert.Equal(OutcomeAnswer.Fenced, (await RecordAsync(first, task.Id, OutcomeKind.Succeeded)).Answer);
    }

    [Fact]
    public async Task Fence_Died_PutsItsRowsBackAndCountsTheirDeaths()
    {
        var (one, two) = (await RegisterAsync("n1"), await RegisterAsync("n2"));
        var tasks = await InsertManyAsync(4);
        await MarkAsync(one, tasks[0].Id);
        await MarkAsync(one, tasks[1].Id);
        await MarkAsync(two, tasks[2].Id);

        var answer = await FenceAsync(one);

        Assert.Equal(EpochAnswer.Done, answer.Answer);
        Assert.Equal(
            [new Casualty(tasks[0].Id, 1, false), new Casualty(tasks[1].Id, 1, false)],
            answer.Casualties.OrderBy(casualty => casualty.Id == tasks[1].Id));
        var rows = (await ListAllAsync()).ToDictionary(task => task.Spec.Id);
        Assert.Equal([1, 1, 0, 0], tasks.Select(task => rows[task.Id].Deaths));
        Assert.Equal([StoredState.Waiting, StoredState.Waiting, StoredState.Running, StoredState.Waiting], tasks.Select(task => rows[task.Id].State));
        Assert.All(rows.Values, row => Assert.Equal(1, row.Attempt));
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Fence_Left_CountsNoDeath()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await MarkAsync(fence, task.Id);

        var answer = await FenceAsync(fence, FenceReason.Left);

        Assert.Equal([new Casualty(task.Id, 0, false)], answer.Casualties);
        var node = Assert.Single(await Scheduler.ReadNodesAsync(Pool, Never));
        Assert.Equal((false, true), (node.Alive, node.LeftInOrder));
        await RegisterAsync("n1", "life-2");
        Assert.False(Assert.Single(await Scheduler.ReadNodesAsync(Pool, Never)).LeftInOrder);
    }

    [Fact]
    public async Task Fence_Twice_IsFencedAlready()
    {
        var fence = await RegisterAsync("n1");
        await FenceAsync(fence);

        Assert.Equal(EpochAnswer.AlreadyFenced, (await FenceAsync(fence)).Answer);
        Assert.Equal(EpochAnswer.AlreadyFenced, (await FenceAsync(new NodeFence("nobody", 1))).Answer);
        Assert.Equal(EpochAnswer.AlreadyFenced, (await FenceAsync(fence with { Incarnation = fence.Incarnation + 1 })).Answer);
        var node = Assert.Single(await Scheduler.ReadNodesAsync(Pool, Never));
        Assert.Equal((fence.Incarnation + 1, false), (node.Incarnation, node.Alive));
    }

    [Fact]
    public async Task Fence_TheLastDeathAllowed_ConvictsOnlyThatTask()
    {
        var (suspect, bystander) = (await InsertNewAsync(), await InsertNewAsync());
        for (var death = 1; death < TaskLimits.DeathsMax; death++)
        {
            var life = await RegisterAsync("n1", $"life-{death}");
            await MarkAsync(life, suspect.Id);
            await FenceAsync(life);
        }

        var last = await RegisterAsync("n2");
        await MarkAsync(last, suspect.Id);
        await MarkAsync(last, bystander.Id);
        await Tasks.RequestCancelAsync([suspect.Id], Never);
        var answer = await FenceAsync(last);

        Assert.Contains(new Casualty(suspect.Id, TaskLimits.DeathsMax, true), answer.Casualties);
        Assert.Contains(new Casualty(bystander.Id, 1, false), answer.Casualties);
        var convicted = await FindAsync(suspect.Id);
        Assert.Equal((StoredState.Failed, 1, "poison", false), (convicted.State, convicted.Attempt, convicted.Error?.Code, convicted.CancelRequested));
        Assert.NotNull(convicted.FinishedAt);
        Assert.Equal([bystander.Id], await WaitingIdsAsync());
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Fence_SurvivesACrash()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await FenceAsync(fence);

        await Harness.CrashAndReopenAsync();

        Assert.Equal(OutcomeAnswer.Fenced, (await RecordAsync(fence, task.Id, OutcomeKind.Succeeded)).Answer);
    }

    [Fact]
    public async Task Drain_OutlivesIncarnationsAndCrashes()
    {
        var fence = await RegisterAsync("n1");
        Assert.True(await Scheduler.SetDrainAsync(Pool, Epoch, "n1", true, Never));
        await FenceAsync(fence);

        await Harness.CrashAndReopenAsync();

        Assert.True((await Scheduler.RegisterNodeAsync(Pool, Epoch, Node("n1", "life-2"), Never)).Draining);
        Assert.True(Assert.Single(await Scheduler.ReadNodesAsync(Pool, Never)).Draining);
        Assert.True(await Scheduler.SetDrainAsync(Pool, Epoch, "n1", false, Never));
        Assert.False(Assert.Single(await Scheduler.ReadNodesAsync(Pool, Never)).Draining);
    }
}
