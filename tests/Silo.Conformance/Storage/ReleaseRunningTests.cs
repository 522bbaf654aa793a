using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

public abstract class ReleaseRunningTests : StoreTests
{
    [Fact]
    public async Task Release_WhatIsNotHeld_WaitsAgainWithoutADeath()
    {
        var (one, two) = (await RegisterAsync("n1"), await RegisterAsync("n2"));
        var tasks = await InsertManyAsync(4);
        foreach (var task in tasks.Take(3))
        {
            await MarkAsync(one, task.Id);
        }

        await MarkAsync(two, tasks[3].Id);

        var answer = await Scheduler.ReleaseRunningAsync(Pool, Epoch, one, [tasks[1].Id, NewId()], Never);

        Assert.Equal(EpochAnswer.Done, answer.Answer);
        Assert.Equal(new[] { tasks[0].Id, tasks[2].Id }.Order(), answer.Released.Order());
        var rows = (await ListAllAsync()).ToDictionary(task => task.Spec.Id);
        Assert.Equal([StoredState.Waiting, StoredState.Running, StoredState.Waiting, StoredState.Running], tasks.Select(task => rows[task.Id].State));
        Assert.All(rows.Values, row => Assert.Equal((1, 0), (row.Attempt, row.Deaths)));
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Release_UnderALostFence_ReleasesNothing()
    {
        var fence = await RegisterAsync("n1");
        var newer = await RegisterAsync("n1", "life-2");
        var task = await InsertNewAsync();
        await MarkAsync(newer, task.Id);

        var answer = await Scheduler.ReleaseRunningAsync(Pool, Epoch, fence, [], Never);

        Assert.Equal(EpochAnswer.AlreadyFenced, answer.Answer);
        Assert.Empty(answer.Released);
        Assert.Equal(StoredState.Running, (await SnapshotAsync(task.Id)).State);
    }
}
