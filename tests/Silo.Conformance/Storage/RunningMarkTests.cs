using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

public abstract class RunningMarkTests : StoreTests
{
    [Fact]
    public async Task Mark_WaitingTask_IsRunningUnderTheFence()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();

        Assert.True(await MarkAsync(fence, task.Id));

        var row = await SnapshotAsync(task.Id);
        Assert.Equal((StoredState.Running, fence), (row.State, row.Fence));
        var found = await FindAsync(task.Id);
        Assert.Equal(("n1", fence.Incarnation, Start.AddMilliseconds(1)), (found.Node, found.Incarnation, found.StartedAt!.Value));
        Assert.Empty(await WaitingIdsAsync());
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Mark_TerminalTask_DoesNotReviveIt()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await RecordAsync(fence, task.Id, OutcomeKind.Succeeded);

        Assert.True(await MarkAsync(fence, task.Id));

        Assert.Equal(StoredState.Succeeded, (await FindAsync(task.Id)).State);
        await AssertCountersEqualRowsAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Mark_AnotherAttempt_IsLeftAlone(int attempt)
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await RecordAsync(fence, task.Id, OutcomeKind.Retry);

        Assert.True(await MarkAsync(fence, task.Id, attempt));

        Assert.Equal(StoredState.Waiting, (await FindAsync(task.Id)).State);
    }

    [Fact]
    public async Task Mark_ByALostFence_MarksNothing()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await FenceAsync(fence);

        Assert.False(await MarkAsync(fence, task.Id));
        Assert.False(await MarkAsync(new NodeFence("nobody", 1), task.Id));

        Assert.Equal(StoredState.Waiting, (await FindAsync(task.Id)).State);
    }

    [Fact]
    public async Task Mark_BadIdsAmongGoodOnes_MarksTheGoodOnes()
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(2);

        Assert.True(await Outcomes.MarkRunningAsync(fence, [new(tasks[0].Id, 1, Start), new(NewId(), 1, Start), new(tasks[1].Id, 1, Start)], Never));

        Assert.All(await ListAllAsync(), task => Assert.Equal(StoredState.Running, task.State));
    }

    [Fact]
    public async Task Mark_Twice_CountsOnce()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();

        await MarkAsync(fence, task.Id);
        await MarkAsync(fence, task.Id);

        await AssertCountersEqualRowsAsync();
    }
}
