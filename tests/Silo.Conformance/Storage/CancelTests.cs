using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

public abstract class CancelTests : StoreTests
{
    [Fact]
    public async Task Request_EveryKindOfTask_AnswersInOrder()
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(3);
        await RecordAsync(fence, tasks[0].Id, OutcomeKind.Succeeded);
        await MarkAsync(fence, tasks[1].Id);
        var unknown = NewId();

        var answers = await Tasks.RequestCancelAsync([unknown, tasks[0].Id, tasks[1].Id, tasks[2].Id], Never);

        Assert.Equal(unknown, answers[0].Id);
        Assert.Equal(
            [CancelKind.NotFound, CancelKind.Settled, CancelKind.Cancelling, CancelKind.Cancelling],
            answers.Select(answer => answer.Kind));
        Assert.Equal([StoredState.Succeeded, StoredState.Running, StoredState.Waiting], answers.Skip(1).Select(answer => answer.State));
        Assert.Equal(new[] { tasks[1].Id, tasks[2].Id }.Order(), await Scheduler.ReadCancelsAsync(default, 10, Never));
        Assert.True((await FindAsync(tasks[2].Id)).CancelRequested);
        Assert.False((await FindAsync(tasks[0].Id)).CancelRequested);
    }

    [Fact]
    public async Task Request_Twice_IsOneCancel()
    {
        var task = await InsertNewAsync();

        await Tasks.RequestCancelAsync([task.Id, task.Id], Never);
        await Tasks.RequestCancelAsync([task.Id], Never);

        Assert.Equal([task.Id], await Scheduler.ReadCancelsAsync(default, 10, Never));
    }

    [Fact]
    public async Task Request_DoesNotTouchTheTask()
    {
        var task = await InsertNewAsync();

        await Tasks.RequestCancelAsync([task.Id], Never);

        Assert.Equal(StoredState.Waiting, (await FindAsync(task.Id)).State);
        Assert.Contains(task.Id, await WaitingIdsAsync());
    }

    [Fact]
    public async Task Read_ByPages_GivesEachOnceInOrder()
    {
        var ids = (await InsertManyAsync(25)).Select(task => task.Id).Order().ToArray();
        await Tasks.RequestCancelAsync([.. ids.Reverse()], Never);
        await Harness.CrashAndReopenAsync();

        List<TaskId> read = [];
        IReadOnlyList<TaskId> page;
        do
        {
            page = await Scheduler.ReadCancelsAsync(read.LastOrDefault(), 10, Never);
            Assert.All(page, id => Assert.True(id > read.LastOrDefault(), "A page starts above where the last one ended, or reading never ends."));
            read.AddRange(page);
        }
        while (page.Count > 0);

        Assert.Equal(ids, read);
    }

    [Fact]
    public async Task Finalise_OnlyWhatIsOnRecordAndNotTerminal_IsCancelled()
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(4);
        var (waiting, marked, ended, unasked) = (tasks[0].Id, tasks[1].Id, tasks[2].Id, tasks[3].Id);
        await MarkAsync(fence, marked);
        await RecordAsync(fence, ended, OutcomeKind.Succeeded);
        await Tasks.RequestCancelAsync([waiting, marked], Never);
        var unknown = NewId();

        var answer = await Scheduler.CancelWaitingAsync(Pool, Epoch, [waiting, marked, ended, unasked, unknown], Never);

        Assert.Equal(EpochAnswer.Done, answer.Answer);
        Assert.Equal([waiting, marked], answer.Cancelled);
        Assert.Equal([ended, unknown], answer.Settled);
        Assert.Empty(await Scheduler.ReadCancelsAsync(default, 10, Never));
        var found = await FindAsync(waiting);
        Assert.Equal((StoredState.Cancelled, 1, false), (found.State, found.Attempt, found.CancelRequested));
        Assert.True(found.FinishedAt >= Start);
        Assert.Equal(StoredState.Waiting, (await FindAsync(unasked)).State);
        Assert.Equal(StoredState.Succeeded, (await FindAsync(ended)).State);
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Finalise_Twice_IsSettled()
    {
        var task = await InsertNewAsync();
        await Tasks.RequestCancelAsync([task.Id], Never);
        await Scheduler.CancelWaitingAsync(Pool, Epoch, [task.Id], Never);

        var again = await Scheduler.CancelWaitingAsync(Pool, Epoch, [task.Id], Never);

        Assert.Empty(again.Cancelled);
        Assert.Equal([task.Id], again.Settled);
    }

    [Theory]
    [InlineData(OutcomeKind.Succeeded)]
    [InlineData(OutcomeKind.Failed)]
    [InlineData(OutcomeKind.Cancelled)]
    public async Task Outcome_Terminal_TakesTheCancelOffTheRecord(OutcomeKind kind)
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await Tasks.RequestCancelAsync([task.Id], Never);

        await RecordAsync(fence, task.Id, kind);

        Assert.Empty(await Scheduler.ReadCancelsAsync(default, 10, Never));
        Assert.False((await FindAsync(task.Id)).CancelRequested);
    }

    [Fact]
    public async Task Outcome_Released_KeepsTheCancelOnRecord()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await Tasks.RequestCancelAsync([task.Id], Never);

        await RecordAsync(fence, task.Id, OutcomeKind.Released);

        Assert.Equal([task.Id], await Scheduler.ReadCancelsAsync(default, 10, Never));
    }
}
