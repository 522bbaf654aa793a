using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

public abstract class RetryTests : StoreTests
{
    [Fact]
    public async Task RetryOutcome_WaitsForTheNextAttempt()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await MarkAsync(fence, task.Id);

        var answer = await RecordAsync(fence, task.Id, OutcomeKind.Retry);

        var due = Start.AddSeconds(30);
        Assert.Equal(new RecordedOutcome(task.Id, 1, OutcomeAnswer.Recorded, StoredState.Waiting, due), answer);
        var waiting = Assert.Single(await Scheduler.ReadWaitingAsync(Queue, TaskLimits.PriorityDefault, ReadyKey.Lowest, 10, Never));
        Assert.Equal((task.Id, 2, due), (waiting.Spec.Id, waiting.Attempt, waiting.Spec.RunAt));
        Assert.Equal("handler_failed", (await FindAsync(task.Id)).Error?.Code);
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task RetryOutcome_LateReportOfTheOldAttempt_IsSettled()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await RecordAsync(fence, task.Id, OutcomeKind.Retry);

        Assert.Equal(OutcomeAnswer.Settled, (await RecordAsync(fence, task.Id, OutcomeKind.Succeeded, attempt: 1)).Answer);
        Assert.Equal(OutcomeAnswer.Recorded, (await RecordAsync(fence, task.Id, OutcomeKind.Succeeded, attempt: 2)).Answer);
    }

    [Fact]
    public async Task RetryOutcome_WithACancelOnRecord_IsCancelled()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await Tasks.RequestCancelAsync([task.Id], Never);

        var answer = await RecordAsync(fence, task.Id, OutcomeKind.Retry);

        Assert.Equal((OutcomeAnswer.Recorded, StoredState.Cancelled), (answer.Answer, answer.State));
        Assert.Equal(answer, await RecordAsync(fence, task.Id, OutcomeKind.Retry));
        var found = await FindAsync(task.Id);
        Assert.Equal((StoredState.Cancelled, 1, false), (found.State, found.Attempt, found.CancelRequested));
        Assert.NotNull(found.FinishedAt);
        Assert.Empty(await Scheduler.ReadCancelsAsync(default, 10, Never));
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Released_WaitsAgainAtTheSameAttempt()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await MarkAsync(fence, task.Id);

        var answer = await RecordAsync(fence, task.Id, OutcomeKind.Released);

        Assert.Equal(new RecordedOutcome(task.Id, 1, OutcomeAnswer.Recorded, StoredState.Waiting, task.RunAt), answer);
        var row = await SnapshotAsync(task.Id);
        Assert.Equal((StoredState.Waiting, 1, 0), (row.State, row.Task.Attempt, row.Task.Deaths));
        Assert.Equal(default, row.Fence);
        Assert.Contains(task.Id, await WaitingIdsAsync());
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Released_ResentAfterAnotherNodeStarted_LeavesThatStart()
    {
        var (one, two) = (await RegisterAsync("n1"), await RegisterAsync("n2"));
        var task = await InsertNewAsync();
        await MarkAsync(one, task.Id);
        await RecordAsync(one, task.Id, OutcomeKind.Released);
        await MarkAsync(two, task.Id);

        await RecordAsync(one, task.Id, OutcomeKind.Released);

        Assert.Equal((StoredState.Running, two), ((await SnapshotAsync(task.Id)).State, (await SnapshotAsync(task.Id)).Fence));
    }

    [Theory]
    [InlineData(OutcomeKind.Failed, StoredState.Failed)]
    [InlineData(OutcomeKind.Cancelled, StoredState.Cancelled)]
    public async Task OperatorRetry_OfAnEndedTask_AllowsOneMoreAttempt(OutcomeKind kind, StoredState before)
    {
        var fence = await RegisterAsync("n1");
        var task = NewTask() with { Retry = RetryPolicy.Default with { AttemptsMax = 1 } };
        await InsertAsync(task);
        await RecordAsync(fence, task.Id, kind);
        var runAt = Start.AddSeconds(1);

        var answer = Assert.Single(await Tasks.RetryAsync([task.Id], runAt, Never));

        Assert.Equal((task.Id, true, before), (answer.Id, answer.Found, answer.State));
        Assert.Equal((2, runAt, 2), (answer.Task!.Attempt, answer.Task.Spec.RunAt, answer.Task.Spec.Retry.AttemptsMax));
        var found = await FindAsync(task.Id);
        Assert.Equal((StoredState.Waiting, 2), (found.State, found.Attempt));
        Assert.Equal((null, null, null), (found.StartedAt, found.FinishedAt, found.Error));
        Assert.Equal([task.Id], await WaitingIdsAsync());
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task OperatorRetry_LateReportOfAnyEarlierAttempt_IsSettled()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await RecordAsync(fence, task.Id, OutcomeKind.Failed);
        await Tasks.RetryAsync([task.Id], Start, Never);

        Assert.Equal(OutcomeAnswer.Settled, (await RecordAsync(fence, task.Id, OutcomeKind.Failed)).Answer);
        Assert.Equal(OutcomeAnswer.Settled, (await RecordAsync(fence, task.Id, OutcomeKind.Retry)).Answer);
        Assert.Equal(2, (await FindAsync(task.Id)).Attempt);
    }

    [Fact]
    public async Task OperatorRetry_OfAConvictedTask_CountsDeathsAnew()
    {
        var task = await InsertNewAsync();
        for (var death = 0; death < TaskLimits.DeathsMax; death++)
        {
            var fence = await RegisterAsync("n1", $"life-{death}");
            await MarkAsync(fence, task.Id);
            await FenceAsync(fence);
        }

        var answer = Assert.Single(await Tasks.RetryAsync([task.Id], Start, Never));

        Assert.Equal((StoredState.Failed, 0), (answer.State, answer.Task!.Deaths));
    }

    [Fact]
    public async Task OperatorRetry_OfAnythingElse_ChangesNothing()
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(3);
        await RecordAsync(fence, tasks[1].Id, OutcomeKind.Succeeded);
        await MarkAsync(fence, tasks[2].Id);
        var unknown = NewId();

        var answers = await Tasks.RetryAsync([tasks[0].Id, tasks[1].Id, tasks[2].Id, unknown], Start, Never);

        Assert.Equal([StoredState.Waiting, StoredState.Succeeded, StoredState.Running], answers.Take(3).Select(answer => answer.State));
        Assert.Equal([true, true, true, false], answers.Select(answer => answer.Found));
        Assert.All(answers, answer => Assert.Null(answer.Task));
        Assert.All(await ListAllAsync(), task => Assert.Equal(1, task.Attempt));
    }
}
