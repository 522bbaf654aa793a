using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

/// <summary>Nodes that are deleted, and what must be known of them for ever.</summary>
public abstract class ForgettingTests : StoreTests
{
    [Fact]
    public async Task Forget_NodeThatHasEnded_IsGoneAlsoAfterACrash()
    {
        var fence = await RegisterAsync("n1");
        await RegisterAsync("n2");
        await FenceAsync(fence);

        Assert.Equal(ForgetNodeAnswer.Forgotten, await ForgetAsync(await RowAsync("n1")));
        await Harness.CrashAndReopenAsync();

        Assert.Equal("n2", Assert.Single(await Scheduler.ReadNodesAsync(Pool, Never)).Registration.Name);
        Assert.Equal(ForgetNodeAnswer.Forgotten, await Scheduler.ForgetNodeAsync(Pool, Epoch, fence, draining: false, Never));
    }

    [Fact]
    public async Task Forget_ThenRegister_NeverGivesAnIncarnationTwice()
    {
        List<long> given = [];
        for (var life = 1; life <= 4; life++)
        {
            var fence = await RegisterAsync("n1", $"life-{life}");
            given.Add(fence.Incarnation);
            await FenceAsync(fence);
            await ForgetAsync(await RowAsync("n1"));
            await Harness.CrashAndReopenAsync();
        }

        Assert.Equal(given.Distinct().Order(), given);
    }

    [Fact]
    public async Task Forget_FrozenProcessOfThatName_StaysFenced()
    {
        var frozen = await RegisterAsync("n1", "life-1");
        var task = await InsertNewAsync();
        await MarkAsync(frozen, task.Id);
        await FenceAsync(frozen);
        await ForgetAsync(await RowAsync("n1"));

        Assert.Equal(OutcomeAnswer.Fenced, (await RecordAsync(frozen, task.Id, OutcomeKind.Succeeded)).Answer);
        Assert.False(await MarkAsync(frozen, task.Id));
        Assert.Equal(EpochAnswer.AlreadyFenced, (await FenceAsync(frozen)).Answer);
        var next = await RegisterAsync("n1", "life-2");
        Assert.True(next.Incarnation > frozen.Incarnation);
        Assert.Equal(OutcomeAnswer.Fenced, (await RecordAsync(frozen, task.Id, OutcomeKind.Succeeded)).Answer);
        Assert.Equal(OutcomeAnswer.Recorded, (await RecordAsync(next, task.Id, OutcomeKind.Succeeded)).Answer);
    }

    [Fact]
    public async Task Forget_RowThatIsNotAsTheCallerKnowsIt_ChangesNothing()
    {
        var alive = await RegisterAsync("n1");
        Assert.Equal(ForgetNodeAnswer.Changed, await Scheduler.ForgetNodeAsync(Pool, Epoch, alive, draining: false, Never));
        await FenceAsync(alive);
        var row = await RowAsync("n1");
        await Scheduler.SetDrainAsync(Pool, Epoch, "n1", true, Never);

        Assert.Equal(ForgetNodeAnswer.Changed, await ForgetAsync(row));
        Assert.Equal(ForgetNodeAnswer.Changed, await ForgetAsync(row with { Draining = true, Incarnation = row.Incarnation - 1 }));
        Assert.Equal(ForgetNodeAnswer.Forgotten, await ForgetAsync(row with { Draining = true }));
        Assert.False((await Scheduler.RegisterNodeAsync(Pool, Epoch, Node("n1"), Never)).Draining);
    }

    [Fact]
    public async Task Forget_UnderAnOldEpoch_IsRefused()
    {
        await FenceAsync(await RegisterAsync("n1"));
        var row = await RowAsync("n1");
        await Scheduler.TakeEpochAsync(Pool, Never);

        Assert.Equal(ForgetNodeAnswer.StaleEpoch, await ForgetAsync(row));
        Assert.Single(await Scheduler.ReadNodesAsync(Pool, Never));
    }

    [Fact]
    public async Task Forget_ANode_LeavesWhatItRecorded()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await RecordAsync(fence, task.Id, OutcomeKind.Succeeded);
        await FenceAsync(fence, FenceReason.Left);
        await ForgetAsync(await RowAsync("n1"));

        Assert.Equal((StoredState.Succeeded, "n1"), ((await FindAsync(task.Id)).State, (await FindAsync(task.Id)).Node));
    }

    [Fact]
    public async Task EndedAt_IsTheTimeOfTheFence_AndNoneWhileItLives()
    {
        var fence = await RegisterAsync("n1");
        Assert.Null((await RowAsync("n1")).EndedAt);
        await FenceAsync(fence);

        Assert.InRange((await RowAsync("n1")).EndedAt!.Value, Start, await Tasks.ReadTimeAsync(Never));
        await RegisterAsync("n1", "life-2");
        Assert.Null((await RowAsync("n1")).EndedAt);
    }

    private async Task<NodeRecord> RowAsync(string name) => Assert.Single(await Scheduler.ReadNodesAsync(Pool, Never), node => node.Registration.Name == name);

    private Task<ForgetNodeAnswer> ForgetAsync(NodeRecord row) =>
        Scheduler.ForgetNodeAsync(Pool, Epoch, new NodeFence(row.Registration.Name, row.Incarnation), row.Draining, Never);
}
