using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

public abstract class IdempotencyTests : StoreTests
{
    public static TheoryData<string> DefiningFields =>
        ["type", "queue", "priority", "payload", "retry", "timeout", "placement", "parent", "user", "labels"];

    [Fact]
    public async Task Key_EqualTaskUnderAnotherId_NamesTheFirst()
    {
        var first = Keyed("k");
        var number = (await InsertAsync(first)).Number;

        var again = await InsertAsync(first with { Id = NewId(), RunAt = first.RunAt.AddSeconds(5), CorrelationId = "another request" });

        Assert.Equal(new InsertAnswer(InsertKind.Duplicate, first.Id, number), again);
        Assert.Single(await ListAllAsync());
        await AssertCountersEqualRowsAsync();
    }

    [Theory]
    [MemberData(nameof(DefiningFields))]
    public async Task Key_TaskThatAsksForSomethingElse_IsAConflict(string field)
    {
        var first = Keyed("k");
        var number = (await InsertAsync(first)).Number;

        var answer = await InsertAsync(Changed(first, field) with { Id = NewId() });

        Assert.Equal(new InsertAnswer(InsertKind.KeyConflict, first.Id, number), answer);
        Assert.Single(await ListAllAsync());
    }

    [Fact]
    public async Task Key_LabelsInAnotherOrder_AreTheSameTask()
    {
        await InsertAsync(Keyed("k") with { Labels = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } });

        var again = await InsertAsync(Keyed("k") with { Labels = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } });

        Assert.Equal(InsertKind.Duplicate, again.Kind);
    }

    [Fact]
    public async Task Key_TwiceInOneCall_IsOneTask()
    {
        TaskSpec[] tasks = [Keyed("k"), Keyed("k"), Keyed("other")];

        var answers = await Tasks.InsertAsync(tasks, Never);

        Assert.Equal([InsertKind.Inserted, InsertKind.Duplicate, InsertKind.Inserted], answers.Select(answer => answer.Kind));
        Assert.Equal(tasks[0].Id, answers[1].Id);
        Assert.Equal(2, (await ListAllAsync()).Count);
    }

    [Fact]
    public async Task Key_ManyConcurrentSubmits_MakeOneTask()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => InsertAsync(Keyed("k"))));

        Assert.Single(answers, answer => answer.Kind == InsertKind.Inserted);
        Assert.Single(answers.Select(answer => (answer.Id, answer.Number)).Distinct());
        Assert.Single(await ListAllAsync());
    }

    [Fact]
    public async Task Key_OfAPrunedTask_StillNamesIt()
    {
        var fence = await RegisterAsync("n1");
        var first = Keyed("k");
        var inserted = await InsertAsync(first);
        await RecordAsync(fence, first.Id, OutcomeKind.Succeeded);
        Assert.Equal(1, await Tasks.PruneAsync(Start.AddDays(1), 10, Never));

        Assert.Equal(inserted with { Kind = InsertKind.Duplicate }, await InsertAsync(Keyed("k")));
        Assert.Equal(inserted, await InsertAsync(first));
        Assert.Empty(await ListAllAsync());
    }

    [Fact]
    public async Task Key_AfterACrash_StillNamesTheFirst()
    {
        var inserted = await InsertAsync(Keyed("k"));

        await Harness.CrashAndReopenAsync();

        Assert.Equal(inserted with { Kind = InsertKind.Duplicate }, await InsertAsync(Keyed("k")));
    }

    private TaskSpec Keyed(string key) => NewTask() with { IdempotencyKey = key };

    private static TaskSpec Changed(TaskSpec task, string field) => field switch
    {
        "type" => task with { Type = "other" },
        "queue" => task with { Queue = "other" },
        "priority" => task with { Priority = task.Priority + 1 },
        "payload" => task with { Payload = Json("{}") },
        "retry" => task with { Retry = task.Retry with { AttemptsMax = 7 } },
        "timeout" => task with { Timeout = task.Timeout + TimeSpan.FromSeconds(1) },
        "placement" => task with { Placement = new PlacementRule { ExcludedNodes = ["n9"] } },
        "parent" => task with { ParentId = NewId() },
        "user" => task with { User = "bob" },
        "labels" => task with { Labels = new Dictionary<string, string> { ["a"] = "b" } },
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "No such field."),
    };
}
