using System.Text;
using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

public abstract class RecordingTests : StoreTests
{
    [Theory]
    [InlineData(OutcomeKind.Succeeded, StoredState.Succeeded)]
    [InlineData(OutcomeKind.Failed, StoredState.Failed)]
    [InlineData(OutcomeKind.Cancelled, StoredState.Cancelled)]
    public async Task Record_End_IsReadBack(OutcomeKind kind, StoredState state)
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        var outcome = Outcome(task.Id, kind);

        var answer = await RecordAsync(fence, outcome);

        Assert.Equal((task.Id, 1, OutcomeAnswer.Recorded, state), (answer.Id, answer.Attempt, answer.Answer, answer.State));
        var found = await FindAsync(task.Id);
        Assert.Equal((state, 1, "n1", fence.Incarnation), (found.State, found.Attempt, found.Node, found.Incarnation));
        Assert.Equal((outcome.StartedAt, outcome.FinishedAt), (found.StartedAt!.Value, found.FinishedAt!.Value));
        Assert.Equal(outcome.Error, found.Error);
        Assert.Equal(Encoding.UTF8.GetString(outcome.Result.Span), Encoding.UTF8.GetString(found.Result.Span));
        Assert.DoesNotContain(task.Id, await WaitingIdsAsync());
        await AssertCountersEqualRowsAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Queue)]
    [InlineData("other")]
    public async Task Record_AnyHintOfTheQueue_EndsTheTaskAndCountsItsOwn(string? hint)
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();

        var answer = await RecordAsync(fence, Outcome(task.Id, OutcomeKind.Succeeded) with { Queue = hint });

        Assert.Equal((OutcomeAnswer.Recorded, StoredState.Succeeded), (answer.Answer, answer.State));
        Assert.Equal([(Queue, StoredState.Succeeded, 1L)], (await Tasks.CountAsync(Never)).Where(count => count.Count != 0).Select(count => (count.Queue, count.State, count.Count)));
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Record_MixedBatch_AnswersEachRowInOrder()
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(4);
        await RecordAsync(fence, tasks[1].Id, OutcomeKind.Failed);

        var answers = await Outcomes.RecordAsync(
            fence,
            [
                Outcome(tasks[3].Id, OutcomeKind.Succeeded),
                Outcome(tasks[1].Id, OutcomeKind.Succeeded),
                Outcome(NewId(), OutcomeKind.Succeeded),
                Outcome(tasks[2].Id, OutcomeKind.Succeeded, attempt: 2),
                Outcome(tasks[0].Id, OutcomeKind.Failed),
            ],
            Never);

        Assert.Equal(
            [OutcomeAnswer.Recorded, OutcomeAnswer.Settled, OutcomeAnswer.Settled, OutcomeAnswer.Settled, OutcomeAnswer.Recorded],
            answers.Select(answer => answer.Answer));
        Assert.True(answers[2].State.IsTerminal(), "A row that is gone was terminal: nobody may wait for it.");
        Assert.Equal(StoredState.Failed, (await FindAsync(tasks[1].Id)).State);
        Assert.Equal(StoredState.Waiting, (await FindAsync(tasks[2].Id)).State);
    }

    [Theory]
    [InlineData(OutcomeKind.Succeeded)]
    [InlineData(OutcomeKind.Failed)]
    [InlineData(OutcomeKind.Cancelled)]
    [InlineData(OutcomeKind.Retry)]
    [InlineData(OutcomeKind.Released)]
    public async Task Record_SameBatchAgain_AnswersAsTheFirstTime(OutcomeKind kind)
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(3);
        await MarkAsync(fence, tasks[0].Id);
        var batch = tasks.Select(task => Outcome(task.Id, kind)).ToArray();
        var first = await Outcomes.RecordAsync(fence, batch, Never);

        await Harness.CrashAndReopenAsync();
        var second = await Outcomes.RecordAsync(fence, batch, Never);

        Assert.Equal(first, second);
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Record_OtherEndOfTheSameAttempt_IsSettled()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await RecordAsync(fence, task.Id, OutcomeKind.Succeeded);

        Assert.Equal(OutcomeAnswer.Settled, (await RecordAsync(fence, task.Id, OutcomeKind.Failed)).Answer);
        Assert.Equal(OutcomeAnswer.Settled, (await RecordAsync(fence, task.Id, OutcomeKind.Retry)).Answer);
        Assert.Equal(OutcomeAnswer.Settled, (await RecordAsync(fence, task.Id, OutcomeKind.Released)).Answer);
        Assert.Equal(StoredState.Succeeded, (await FindAsync(task.Id)).State);
    }

    [Fact]
    public async Task Record_SameEndByAnotherNode_IsSettled()
    {
        var (one, two) = (await RegisterAsync("n1"), await RegisterAsync("n2"));
        var task = await InsertNewAsync();
        await RecordAsync(one, task.Id, OutcomeKind.Succeeded);

        Assert.Equal(OutcomeAnswer.Settled, (await RecordAsync(two, task.Id, OutcomeKind.Succeeded)).Answer);
        Assert.Equal("n1", (await FindAsync(task.Id)).Node);
    }

    [Fact]
    public async Task Record_AfterItsCancelBecameFinal_IsSettled()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await MarkAsync(fence, task.Id);
        await Tasks.RequestCancelAsync([task.Id], Never);
        await Scheduler.CancelWaitingAsync(Pool, Epoch, [task.Id], Never);

        Assert.Equal(OutcomeAnswer.Settled, (await RecordAsync(fence, task.Id, OutcomeKind.Cancelled)).Answer);
        Assert.Equal(OutcomeAnswer.Settled, (await RecordAsync(fence, task.Id, OutcomeKind.Succeeded)).Answer);
        Assert.Equal(StoredState.Cancelled, (await FindAsync(task.Id)).State);
    }

    [Fact]
    public async Task Record_ByAFencedIncarnation_RecordsNothing()
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(2);
        await FenceAsync(fence);

        var answers = await Outcomes.RecordAsync(fence, [.. tasks.Select(task => Outcome(task.Id, OutcomeKind.Succeeded))], Never);

        Assert.All(answers, answer => Assert.Equal(OutcomeAnswer.Fenced, answer.Answer));
        Assert.Equal(2, (await WaitingIdsAsync()).Count);
    }

    [Fact]
    public async Task Record_ByAnOlderIncarnation_RecordsNothing()
    {
        var older = await RegisterAsync("n1", "life-1");
        var newer = await RegisterAsync("n1", "life-2");
        var task = await InsertNewAsync();

        Assert.Equal(OutcomeAnswer.Fenced, (await RecordAsync(older, task.Id, OutcomeKind.Succeeded)).Answer);
        Assert.Equal(OutcomeAnswer.Recorded, (await RecordAsync(newer, task.Id, OutcomeKind.Succeeded)).Answer);
    }

    [Fact]
    public async Task Record_ByANodeNeverRegistered_RecordsNothing()
    {
        var task = await InsertNewAsync();

        Assert.Equal(OutcomeAnswer.Fenced, (await RecordAsync(new NodeFence("nobody", 1), task.Id, OutcomeKind.Succeeded)).Answer);
        Assert.Equal(OutcomeAnswer.Fenced, (await RecordAsync(new NodeFence("nobody", 0), task.Id, OutcomeKind.Succeeded)).Answer);
        Assert.Equal(StoredState.Waiting, (await FindAsync(task.Id)).State);
    }

    [Fact]
    public async Task Record_Acknowledged_SurvivesACrash()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await RecordAsync(fence, task.Id, OutcomeKind.Succeeded);

        await Harness.CrashAndReopenAsync();

        Assert.Equal(StoredState.Succeeded, (await FindAsync(task.Id)).State);
    }
}
