using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Storage.Sqlite.Tests;

public sealed class CommitFaultTests : SqliteStoreTests
{
    [Fact]
    public async Task LostAnswer_IsUnknown_AndTheResendAnswersAsTheFirstTime()
    {
        var store = Open();
        var task = NewTask() with { IdempotencyKey = "key" };
        Faults.OnCommitted = FailOnce;

        await Assert.ThrowsAsync<StoreUnknownException>(() => store.InsertAsync([task], Never));

        var found = await store.FindAsync(task.Id, Never);
        Assert.NotNull(found);
        Assert.Equal(new InsertAnswer(InsertKind.Inserted, task.Id, found.Number), Assert.Single(await store.InsertAsync([task], Never)));
        Assert.Equal(1, (await store.CountAsync(Never)).Sum(count => count.Count));
    }

    [Fact]
    public async Task FailedCommit_IsUnknown_AndNothingOfItIsLeft()
    {
        var store = Open();
        var task = NewTask();
        Faults.OnCommitting = FailOnce;

        await Assert.ThrowsAsync<StoreUnknownException>(() => store.InsertAsync([task], Never));

        Assert.Null(await store.FindAsync(task.Id, Never));
        Assert.Empty(await store.CountAsync(Never));
        Assert.Equal(InsertKind.Inserted, Assert.Single(await store.InsertAsync([task], Never)).Kind);
    }

    [Fact]
    public async Task FailedCommit_ReopensTheConnection()
    {
        var store = Open();
        await InsertNewAsync(store);
        var openings = Faults.Openings;
        Faults.OnCommitting = FailOnce;

        await Assert.ThrowsAsync<StoreUnknownException>(() => InsertNewAsync(store));
        await InsertNewAsync(store);

        Assert.Equal(openings + 1, Faults.Openings);
    }

    [Fact]
    public async Task LostAnswer_OfOutcomes_IsResolvedByTheResend()
    {
        var store = Open();
        var fence = await RegisterAsync(store);
        var task = await InsertNewAsync(store);
        TaskOutcome[] batch = [new() { Id = task.Id, Attempt = 1, Kind = OutcomeKind.Retry, RunAt = Clock.GetUtcNow().AddSeconds(9) }];
        Faults.OnCommitted = FailOnce;

        await Assert.ThrowsAsync<StoreUnknownException>(() => store.RecordAsync(fence, batch, Never));
        var answer = Assert.Single(await store.RecordAsync(fence, batch, Never));

        Assert.Equal(new RecordedOutcome(task.Id, 1, OutcomeAnswer.Recorded, StoredState.Waiting, batch[0].RunAt), answer);
        Assert.Equal(2, (await store.FindAsync(task.Id, Never))!.Attempt);
    }

    [Fact]
    public async Task FileThatCannotBeReopened_IsUnavailableUntilItCan()
    {
        var store = Open();
        var first = await InsertNewAsync(store);
        Faults.OnCommitting = FailOnce;
        Faults.OnOpening = () => throw new IOException("The disk is away.");

        await Assert.ThrowsAsync<StoreUnknownException>(() => InsertNewAsync(store));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => InsertNewAsync(store));
        Faults.OnOpening = null;
        var second = await InsertNewAsync(store);

        Assert.NotNull(await store.FindAsync(first.Id, Never));
        Assert.NotNull(await store.FindAsync(second.Id, Never));
    }

    [Fact]
    public async Task FailureBeforeTheTransaction_IsUnavailable_AndPasses()
    {
        var store = Open();
        Faults.OnBeginning = _ =>
        {
            Faults.OnBeginning = null;
            throw new IOException("The disk is away.");
        };
        var task = NewTask();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.InsertAsync([task], Never));

        Assert.Null(await store.FindAsync(task.Id, Never));
        await store.InsertAsync([task], Never);
    }

    [Fact]
    public async Task FullDisk_IsUnavailable_AndRecoversByItself()
    {
        var store = Open();
        List<TaskId> acknowledged = [];
        Faults.OnBeginning = connection => Pragma(connection, "PRAGMA max_page_count = 60");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            for (var call = 0; call < 200; call++)
            {
                var task = NewTask(4000);
                await store.InsertAsync([task], Never);
                acknowledged.Add(task.Id);
            }
        });

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.InsertAsync([NewTask(4000)], Never));
        Assert.NotEmpty(acknowledged);
        Faults.OnBeginning = connection => Pragma(connection, "PRAGMA max_page_count = 1000000");
        acknowledged.Add((await InsertNewAsync(store)).Id);

        var listed = (await store.ListAsync(TaskFilter.Everything, null, 1000, Never)).Tasks.Select(task => task.Spec.Id);
        Assert.Equal(acknowledged.Order(), listed.Order());
        Assert.Equal(acknowledged.Count, (await store.CountAsync(Never)).Sum(count => count.Count));
    }

    [Fact]
    public async Task FullDisk_IsKnownUntilThereIsRoom_WithoutAnotherSubmit()
    {
        var store = Open();
        Assert.True(await store.TakesWritesAsync(Never));
        Faults.OnBeginning = connection => Pragma(connection, "PRAGMA max_page_count = 1");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.InsertAsync([NewTask(200_000)], Never));

        Assert.False(await store.TakesWritesAsync(Never));
        Assert.False(await store.TakesWritesAsync(Never));

        Faults.OnBeginning = connection => Pragma(connection, "PRAGMA max_page_count = 1000000");
        Assert.True(await store.TakesWritesAsync(Never));
        var key = NewTask(10) with { IdempotencyKey = "k" };
        Assert.Equal(InsertKind.Inserted, Assert.Single(await store.InsertAsync([key], Never)).Kind);
        Assert.Equal(1, (await store.CountAsync(Never)).Sum(count => count.Count));
    }

    [Fact]
    public async Task LostDisk_IsKnownUntilACommitSucceeds()
    {
        var store = Open();
        Faults.OnBeginning = _ => throw new IOException("The disk is away.");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => InsertNewAsync(store));
        Assert.False(await store.TakesWritesAsync(Never));

        Faults.OnBeginning = _ => { };
        await InsertNewAsync(store);

        Assert.True(await store.TakesWritesAsync(Never));
    }

    [Fact]
    public async Task RefusedData_IsNoFaultOfTheDisk()
    {
        var store = Open();

        await Assert.ThrowsAsync<ArgumentException>(() => store.InsertAsync([NewTask(10) with { Priority = 1000 }], Never));

        Faults.OnBeginning = _ => throw new IOException("No write is tried.");
        Assert.True(await store.TakesWritesAsync(Never));
    }

    [Fact]
    public async Task AnotherProgramsLock_IsUnavailable_AndPasses()
    {
        var store = Open(options => options.BusyTimeout = TimeSpan.Zero);
        await InsertNewAsync(store);
        using var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        other.Open();
        Pragma(other, "BEGIN IMMEDIATE");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => InsertNewAsync(store));
        Pragma(other, "ROLLBACK");

        await InsertNewAsync(store);
    }

    private void FailOnce()
    {
        (Faults.OnCommitting, Faults.OnCommitted) = (null, null);
        throw new IOException("The disk did not answer.");
    }

    private static async Task<NodeFence> RegisterAsync(SqliteStore store)
    {
        var epoch = await store.TakeEpochAsync("default", Never);
        var registration = new NodeRegistration { Name = "n1", Instance = "life", Slots = 1, Types = ["echo"] };
        return new NodeFence("n1", (await store.RegisterNodeAsync("default", epoch, registration, Never)).Incarnation);
    }

    private static void Pragma(Microsoft.Data.Sqlite.SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
