using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

public abstract class ListingTests : StoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(25)]
    [InlineData(100)]
    public async Task List_ByPages_GivesEachOnceNewestFirst(int pageSize)
    {
        var numbers = (await Tasks.InsertAsync([.. Enumerable.Range(0, 25).Select(_ => NewTask())], Never)).Select(answer => answer.Number);

        var listed = await ListAllAsync(pageSize: pageSize);

        Assert.Equal(numbers.Reverse(), listed.Select(task => task.Number));
    }

    [Fact]
    public async Task List_EmptyStore_EndsAtOnce()
    {
        var page = await Tasks.ListAsync(TaskFilter.Everything, null, 10, Never);

        Assert.Empty(page.Tasks);
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task List_Page_NeverExceedsItsLimit()
    {
        await InsertManyAsync(12);

        var page = await Tasks.ListAsync(TaskFilter.Everything, null, 5, Never);

        Assert.Equal(5, page.Tasks.Count);
        Assert.NotNull(page.Next);
    }

    [Fact]
    public async Task List_WhileTasksArrive_NeitherRepeatsNorSkips()
    {
        var before = await InsertManyAsync(10);
        var first = await Tasks.ListAsync(TaskFilter.Everything, null, 5, Never);
        await InsertManyAsync(10);

        var second = await Tasks.ListAsync(TaskFilter.Everything, first.Next, 5, Never);

        Assert.Equal(before.Select(task => task.Id).Reverse(), first.Tasks.Concat(second.Tasks).Select(task => task.Spec.Id));
    }

    [Fact]
    public async Task List_LeavesOutPayloadAndResult()
    {
        var fence = await RegisterAsync("n1");
        var task = await InsertNewAsync();
        await RecordAsync(fence, task.Id, OutcomeKind.Succeeded);

        var listed = Assert.Single(await ListAllAsync());

        Assert.True(listed.Spec.Payload.IsEmpty && listed.Result.IsEmpty);
        Assert.Equal((task.Id, "echo", StoredState.Succeeded, "n1"), (listed.Spec.Id, listed.Spec.Type, listed.State, listed.Node));
    }

    [Theory]
    [InlineData(StoredState.Waiting)]
    [InlineData(StoredState.Running)]
    [InlineData(StoredState.Succeeded)]
    [InlineData(StoredState.Failed)]
    [InlineData(StoredState.Cancelled)]
    public async Task List_ByState_ShowsThatStateOnly(StoredState state)
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(10);
        foreach (var (task, index) in tasks.Select((task, index) => (task, index)))
        {
            await PutAsync(task.Id, (StoredState)(index % 5));
        }

        var listed = await ListAllAsync(new TaskFilter { State = state }, pageSize: 1);

        Assert.Equal(tasks.Where((_, index) => index % 5 == (int)state).Select(task => task.Id).Reverse(), listed.Select(task => task.Spec.Id));

        async Task PutAsync(TaskId id, StoredState into)
        {
            switch (into)
            {
                case StoredState.Running:
                    await MarkAsync(fence, id);
                    break;
                case StoredState.Succeeded:
                    await RecordAsync(fence, id, OutcomeKind.Succeeded);
                    break;
                case StoredState.Failed:
                    await RecordAsync(fence, id, OutcomeKind.Failed);
                    break;
                case StoredState.Cancelled:
                    await RecordAsync(fence, id, OutcomeKind.Cancelled);
                    break;
            }
        }
    }

    [Fact]
    public async Task List_ByEachOtherField_ShowsItsMatchesOnly()
    {
        var fence = await RegisterAsync("n1");
        var match = NewTask("q2", "sleep") with
        {
            CorrelationId = "c1",
            Labels = new Dictionary<string, string> { ["tenant"] = "blue", ["tier"] = "1" },
        };
        var near = NewTask() with { CorrelationId = "c2", Labels = new Dictionary<string, string> { ["tenant"] = "red", ["blue"] = "tenant" } };
        await Tasks.InsertAsync([NewTask(), match, near], Never);
        await RecordAsync(fence, match.Id, OutcomeKind.Failed);

        TaskFilter[] filters =
        [
            new() { Queue = "q2" },
            new() { Type = "sleep" },
            new() { Node = "n1" },
            new() { CorrelationId = "c1" },
            new() { Label = new("tenant", "blue") },
            new() { State = StoredState.Failed, Queue = "q2", Type = "sleep", Node = "n1", CorrelationId = "c1", Label = new("tier", "1"), CreatedFrom = Start },
        ];

        foreach (var filter in filters)
        {
            Assert.Equal([match.Id], (await ListAllAsync(filter, pageSize: 1)).Select(task => task.Spec.Id));
        }

        Assert.Empty(await ListAllAsync(new TaskFilter { CorrelationId = "c1", State = StoredState.Waiting }));
    }

    [Fact]
    public async Task List_ByTimeOfCreation_TakesFromAndLeavesBefore()
    {
        var task = await InsertNewAsync();
        var created = (await FindAsync(task.Id)).CreatedAt;
        var later = created.AddMilliseconds(1);

        Assert.Single(await ListAllAsync(new TaskFilter { CreatedFrom = created }));
        Assert.Empty(await ListAllAsync(new TaskFilter { CreatedFrom = later }));
        Assert.Single(await ListAllAsync(new TaskFilter { CreatedBefore = later }));
        Assert.Empty(await ListAllAsync(new TaskFilter { CreatedBefore = created }));
    }
}
