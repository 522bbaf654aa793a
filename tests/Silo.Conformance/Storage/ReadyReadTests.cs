using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

public abstract class ReadyReadTests : StoreTests
{
    [Fact]
    public async Task Waiting_IsOrderedByDueTimeThenId()
    {
        var tasks = Enumerable.Range(0, 40).Select(index => NewTask() with { RunAt = Start.AddSeconds(index * 7 % 5) }).ToArray();
        await Tasks.InsertAsync([.. tasks.OrderBy(task => task.Payload.Length).Reverse()], Never);

        var read = await WaitingIdsAsync();

        Assert.Equal(tasks.OrderBy(task => task.Key).Select(task => task.Id), read);
    }

    [Fact]
    public async Task Waiting_OrderOfIds_IsTheirOrderInMemory()
    {
        // Bytes above 0x7f, and halves that a mixed-endian Guid would swap.
        string[] ids =
        [
            "00000001-0000-7000-8000-000000000000", "01000000-0000-7000-8000-000000000000", "7fffffff-0000-7000-8000-000000000000",
            "80000000-0000-7000-8000-000000000000", "80000000-0001-7000-8000-000000000000", "80000000-0100-7000-8000-000000000000",
            "ffffffff-ffff-7fff-bfff-ffffffffffff",
        ];
        await Tasks.InsertAsync([.. ids.Reverse().Select(id => NewTask() with { Id = TaskId.Parse(id) })], Never);

        Assert.Equal(ids, (await WaitingIdsAsync()).Select(id => id.ToString()));
    }

    [Fact]
    public async Task Waiting_FromAKey_TakesItAndWhatIsAbove()
    {
        var keys = Enumerable.Range(0, 12).Select(index => NewTask() with { RunAt = Start.AddSeconds(index / 4) }).OrderBy(task => task.Key).ToArray();
        await Tasks.InsertAsync(keys, Never);

        for (var index = 0; index < keys.Length; index++)
        {
            var read = await Scheduler.ReadWaitingAsync(Queue, TaskLimits.PriorityDefault, keys[index].Key, 3, Never);
            Assert.Equal(keys.Skip(index).Take(3).Select(task => task.Id), read.Select(task => task.Spec.Id));
        }

        Assert.Empty(await Scheduler.ReadWaitingAsync(Queue, TaskLimits.PriorityDefault, ReadyKey.Highest, 3, Never));
    }

    [Fact]
    public async Task Waiting_ShowsOnlyItsQueueAndPriority()
    {
        var (wanted, priority, queue) = (NewTask(), NewTask(priority: 51), NewTask("other"));
        await Tasks.InsertAsync([wanted, priority, queue], Never);

        Assert.Equal([wanted.Id], await WaitingIdsAsync());
        Assert.Equal([priority.Id], await WaitingIdsAsync(priority: 51));
        Assert.Equal([queue.Id], await WaitingIdsAsync("other"));
        Assert.Empty(await WaitingIdsAsync("nowhere"));
    }

    [Fact]
    public async Task Waiting_ShowsWhatIsNotDueYet()
    {
        var later = NewTask() with { RunAt = Start.AddDays(30) };
        await InsertAsync(later);

        Assert.Equal([later.Id], await WaitingIdsAsync());
    }

    [Fact]
    public async Task Waiting_LeavesOutRunningAndEnded()
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(3);
        await MarkAsync(fence, tasks[0].Id);
        await RecordAsync(fence, tasks[1].Id, OutcomeKind.Succeeded);

        Assert.Equal([tasks[2].Id], await WaitingIdsAsync());
    }

    [Fact]
    public async Task Priorities_AreThoseWithWaitingTasks()
    {
        var fence = await RegisterAsync("n1");
        var ended = NewTask(priority: 99);
        await Tasks.InsertAsync([ended, NewTask(priority: 0), NewTask(priority: 7), NewTask(priority: 7), NewTask(priority: 100), NewTask("other", priority: 33)], Never);
        await RecordAsync(fence, ended.Id, OutcomeKind.Succeeded);

        Assert.Equal([0, 7, 100], (await Scheduler.ReadPrioritiesAsync(Queue, Never)).Order());
        Assert.Equal([33], await Scheduler.ReadPrioritiesAsync("other", Never));
        Assert.Empty(await Scheduler.ReadPrioritiesAsync("nowhere", Never));
    }

    [Fact]
    public async Task Waiting_CarriesAttemptDeathsAndPayload()
    {
        var first = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await RecordAsync(first, task.Id, OutcomeKind.Retry);
        await MarkAsync(first, task.Id, attempt: 2);
        await FenceAsync(first);

        var waiting = Assert.Single(await Scheduler.ReadWaitingAsync(Queue, TaskLimits.PriorityDefault, ReadyKey.Lowest, 10, Never));

        Assert.Equal((2, 1), (waiting.Attempt, waiting.Deaths));
        Assert.Equal(task.Payload.ToArray(), waiting.Spec.Payload.ToArray());
    }
}
