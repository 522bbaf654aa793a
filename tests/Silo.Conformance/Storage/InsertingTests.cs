using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

public abstract class InsertingTests : StoreTests
{
    [Fact]
    public async Task Insert_TaskWithEveryField_IsReadBackWhole()
    {
        var task = NewTask() with
        {
            Priority = 77,
            RunAt = Start.AddHours(3),
            Payload = Json("{\"text\":\"grüß dich, 世界 'quoted' \\u0000\"}"),
            Retry = new RetryPolicy { AttemptsMax = 9, BackoffInitial = TimeSpan.FromMilliseconds(250), BackoffFactor = 1.75, BackoffMax = TimeSpan.FromHours(2), Jitter = 0.5 },
            Timeout = TimeSpan.FromMinutes(7),
            IdempotencyKey = "order-17",
            CorrelationId = "request-4",
            ParentId = NewId(),
            User = "ann 'o\"hara",
            Labels = new Dictionary<string, string> { ["tenant"] = "blue", ["odd 'key\""] = "ü" },
            Placement = new PlacementRule
            {
                RequiredNode = "n1",
                PreferredNode = "n2",
                ExcludedNodes = ["n3", "n4"],
                RequiredLabels = new Dictionary<string, string> { ["gpu"] = "yes" },
            },
        };

        var answer = await InsertAsync(task);
        var found = await FindAsync(task.Id);

        Assert.Equal(InsertKind.Inserted, answer.Kind);
        Assert.Equal((answer.Number, StoredState.Waiting, 1, 0), (found.Number, found.State, found.Attempt, found.Deaths));
        Assert.True(found.CreatedAt >= Start);
        Assert.Equal((null, null, null, null), (found.StartedAt, found.FinishedAt, found.Node, found.Error));
        Assert.Equivalent(Comparable(task), Comparable(found.Spec), strict: true);
        Assert.Equivalent(Comparable(task), Comparable((await Tasks.FindByNumberAsync(answer.Number, Never))!.Spec), strict: true);
        Assert.Equivalent(Comparable(task), Comparable((await SnapshotAsync(task.Id)).Task.Spec), strict: true);

        static object Comparable(TaskSpec spec) => new { Plain = spec with { Payload = default }, Payload = spec.Payload.ToArray() };
    }

    [Fact]
    public async Task Insert_TaskWithNothingOptional_IsReadBackWithDefaults()
    {
        var task = NewTask() with { Payload = default };
        await InsertAsync(task);

        var found = (await FindAsync(task.Id)).Spec;

        Assert.True(found.Payload.IsEmpty);
        Assert.Equal((RetryPolicy.Default, TaskLimits.TimeoutDefault), (found.Retry, found.Timeout));
        Assert.Equal((null, null, null, null, null), (found.IdempotencyKey, found.CorrelationId, found.ParentId, found.User, found.Labels));
        Assert.Equivalent(PlacementRule.Anywhere, found.Placement, strict: true);
    }

    [Fact]
    public async Task Insert_SeveralTasks_AnswersInOrderWithGrowingNumbers()
    {
        var tasks = Enumerable.Range(0, 50).Select(_ => NewTask()).Reverse().ToArray();

        var answers = await Tasks.InsertAsync(tasks, Never);

        Assert.Equal(tasks.Select(task => task.Id), answers.Select(answer => answer.Id));
        Assert.Equal(answers.Select(answer => answer.Number).Order().Distinct(), answers.Select(answer => answer.Number));
    }

    [Fact]
    public async Task Insert_NoTasks_AnswersNothing() => Assert.Empty(await Tasks.InsertAsync([], Never));

    [Fact]
    public async Task Insert_SameIdsAgain_AnswersAsTheFirstTime()
    {
        TaskSpec[] tasks = [NewTask(), NewTask() with { IdempotencyKey = "key" }, NewTask()];
        var first = await Tasks.InsertAsync(tasks, Never);

        var second = await Tasks.InsertAsync(tasks, Never);

        Assert.Equal(first, second);
        Assert.Equal(3, (await ListAllAsync()).Count);
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Insert_SameIdTwiceInOneCall_IsOneTask()
    {
        var task = NewTask();

        var answers = await Tasks.InsertAsync([task, task], Never);

        Assert.Equal(answers[0], answers[1]);
        Assert.Single(await ListAllAsync());
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Insert_SameIdAfterItsOutcome_ChangesNothing()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await RecordAsync(fence, task.Id, OutcomeKind.Succeeded);

        Assert.Equal(InsertKind.Inserted, (await InsertAsync(task)).Kind);

        Assert.Equal(StoredState.Succeeded, (await FindAsync(task.Id)).State);
    }

    [Fact]
    public async Task Insert_Acknowledged_SurvivesACrash()
    {
        var tasks = await InsertManyAsync(20);

        await Harness.CrashAndReopenAsync();

        Assert.Equal(tasks.Select(task => task.Id).Order(), (await ListAllAsync()).Select(task => task.Spec.Id).Order());
        await AssertCountersEqualRowsAsync();
    }

    public static TheoryData<string> OutOfBounds => ["type", "queue", "priority", "attempts", "timeout"];

    [Theory]
    [MemberData(nameof(OutOfBounds))]
    public async Task Insert_ValueOutOfBounds_IsRefused(string which)
    {
        var task = NewTask();
        var bad = which switch
        {
            "type" => task with { Type = "" },
            "queue" => task with { Queue = "" },
            "priority" => task with { Priority = TaskLimits.PriorityMin - 1 },
            "attempts" => task with { Retry = task.Retry with { AttemptsMax = 0 } },
            _ => task with { Timeout = TimeSpan.Zero },
        };

        await Assert.ThrowsAsync<ArgumentException>(() => Tasks.InsertAsync([bad], Never));

        Assert.Empty(await ListAllAsync());
    }

    [Fact]
    public async Task Insert_OneBadTask_StoresNothingOfItsCall()
    {
        var bad = NewTask() with { Priority = TaskLimits.PriorityMax + 1 };

        await Assert.ThrowsAsync<ArgumentException>(() => Tasks.InsertAsync([NewTask(), bad, NewTask()], Never));

        Assert.Empty(await ListAllAsync());
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Insert_BadCallAmongConcurrentOnes_FailsAlone()
    {
        // A bad call begins with a good task, which must go with it.
        var calls = Enumerable.Range(0, 40).Select(index => new[] { NewTask(), NewTask() with { Priority = index % 8 == 3 ? -1 : 0 } }).ToArray();

        var stored = await Task.WhenAll(calls.Select(async tasks =>
        {
            try
            {
                await Tasks.InsertAsync(tasks, Never);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }));

        Assert.Equal(calls.Select(tasks => tasks[1].Priority >= 0), stored);
        var expected = calls.Where(tasks => tasks[1].Priority >= 0).SelectMany(tasks => tasks).Select(task => task.Id);
        Assert.Equal(expected.Order(), (await ListAllAsync()).Select(task => task.Spec.Id).Order());
        await AssertCountersEqualRowsAsync();
    }

    [Fact]
    public async Task Insert_AfterTheNewestWasPruned_TakesNoUsedNumber()
    {
        var fence = await RegisterAsync("n1");
        var old = NewTask();
        var number = (await InsertAsync(old)).Number;
        await RecordAsync(fence, old.Id, OutcomeKind.Succeeded);
        Assert.Equal(1, await Tasks.PruneAsync(Start.AddDays(1), 10, Never));

        await Harness.CrashAndReopenAsync();

        Assert.True((await InsertAsync(NewTask())).Number > number);
    }

    [Fact]
    public async Task Find_UnknownIdOrNumber_AnswersNull()
    {
        await InsertNewAsync();

        Assert.Null(await Tasks.FindAsync(NewId(), Never));
        Assert.Null(await Tasks.FindByNumberAsync(1_000_000, Never));
        Assert.Empty(await Scheduler.ReadTasksAsync([NewId()], Never));
    }
}
