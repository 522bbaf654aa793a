using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Storage.Sqlite.Tests;

public sealed class ListingBoundTests : SqliteStoreTests
{
    [Fact]
    public async Task List_RareMatch_EndsPagesEarlyAndStillFindsIt()
    {
        var store = Open(options => options.ListRowsExaminedMax = 10);
        var rare = NewTask() with { Queue = "rare" };
        await store.InsertAsync([rare], Never);
        await store.InsertAsync([.. Enumerable.Range(0, 35).Select(_ => NewTask())], Never);

        List<TaskPage> pages = [];
        do
        {
            pages.Add(await store.ListAsync(new TaskFilter { Queue = "rare" }, pages.LastOrDefault()?.Next, 5, Never));
        }
        while (pages[^1].Next is not null);

        Assert.Equal([0, 0, 0, 1], pages.Select(page => page.Tasks.Count));
        Assert.Equal(rare.Id, pages[^1].Tasks[0].Spec.Id);
    }

    [Fact]
    public async Task List_ByARareState_ReadsOnlyThatState()
    {
        var store = Open(options => options.ListRowsExaminedMax = 10);
        var first = NewTask();
        await store.InsertAsync([first], Never);
        var epoch = await store.TakeEpochAsync("default", Never);
        var registration = new Core.Nodes.NodeRegistration { Name = "n1", Instance = "life", Slots = 1, Types = ["echo"] };
        var fence = new Core.Nodes.NodeFence("n1", (await store.RegisterNodeAsync("default", epoch, registration, Never)).Incarnation);
        await store.RecordAsync(fence, [new TaskOutcome { Id = first.Id, Attempt = 1, Kind = OutcomeKind.Failed }], Never);
        await store.InsertAsync([.. Enumerable.Range(0, 50).Select(_ => NewTask())], Never);

        var page = await store.ListAsync(new TaskFilter { State = StoredState.Failed }, null, 5, Never);

        Assert.Equal([first.Id], page.Tasks.Select(task => task.Spec.Id));
        Assert.Null(page.Next);
    }
}
