using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Storage.Postgres.Tests;

/// <summary>Who waits for whom on a real server: what two transactions at once may see of each other.</summary>
public sealed class LockTests : PostgresStoreTests
{
    // As an outcome batch and a declaration of death take them.
    private const string SharedFence = "SELECT pg_advisory_xact_lock_shared(1397312590, hashtext('n1')); SELECT 1 FROM silo.nodes WHERE name = 'n1' FOR SHARE";
    private const string Death = "SELECT pg_advisory_xact_lock(1397312590, hashtext('n1')); UPDATE silo.nodes SET incarnation = incarnation + 1, alive = false WHERE name = 'n1'";

    [Fact]
    public async Task Fence_WhileAnOutcomeBatchIsUnderWay_WaitsForItsEnd()
    {
        var store = Open();
        var (epoch, fence) = await RegisterAsync(store);
        var batch = await BeginAsync(SharedFence);

        var fencing = store.FenceNodeAsync(Pool, epoch, fence, FenceReason.Died, Never);
        await WaitingForLockAsync("advisory");
        Assert.False(fencing.IsCompleted);
        await EndAsync(batch);

        Assert.Equal(EpochAnswer.Done, (await Await.Within(fencing, Limit, "the fence")).Answer);
    }

    [Fact]
    public async Task Outcome_WhileADeathIsBeingDeclared_WaitsAndIsFenced()
    {
        var store = Open();
        var (_, fence) = await RegisterAsync(store);
        var tasks = await InsertAsync(store, 3);
        var death = await BeginAsync(Death);

        var recording = store.RecordAsync(fence, Succeeded(tasks), Never);
        await WaitingForLockAsync("advisory");
        Assert.False(recording.IsCompleted);
        await EndAsync(death);

        Assert.All(await Await.Within(recording, Limit, "the outcomes"), answer => Assert.Equal(OutcomeAnswer.Fenced, answer.Answer));
        Assert.All(await store.ReadTasksAsync([.. tasks.Select(task => task.Id)], Never), row => Assert.Equal(StoredState.Waiting, row.State));
    }

    [Fact]
    public async Task Mark_WhileADeathIsBeingDeclared_MarksNothing()
    {
        var store = Open();
        var (_, fence) = await RegisterAsync(store);
        var task = (await InsertAsync(store, 1))[0];
        var death = await BeginAsync(Death);

        var marking = store.MarkRunningAsync(fence, [new TaskStart(task.Id, 1, DateTimeOffset.UnixEpoch)], Never);
        await WaitingForLockAsync("advisory");
        await EndAsync(death);

        Assert.False(await Await.Within(marking, Limit, "the mark"));
        Assert.Equal(StoredState.Waiting, (await store.FindAsync(task.Id, Never))!.State);
    }

    [Fact]
    public async Task Outcome_WhileADeathIsDeclaredAndTakenBack_IsRecorded()
    {
        var store = Open();
        var (_, fence) = await RegisterAsync(store);
        var tasks = await InsertAsync(store, 3);
        var death = await BeginAsync(Death);

        var recording = store.RecordAsync(fence, Succeeded(tasks), Never);
        await WaitingForLockAsync("advisory");
        await EndAsync(death, "ROLLBACK");

        Assert.All(await Await.Within(recording, Limit, "the outcomes"), answer => Assert.Equal(OutcomeAnswer.Recorded, answer.Answer));
    }

    [Fact]
    public async Task Fence_UnderOverlappingOutcomeBatches_IsNotStarved()
    {
        var store = Open(options => options.OutcomeConnections = 4);
        var (epoch, fence) = await RegisterAsync(store);
        var tasks = await InsertAsync(store, 64);
        using var ended = new CancellationTokenSource();
        var nodes = tasks.Chunk(8).Select(async chunk =>
        {
            while (!ended.IsCancellationRequested)
            {
                await store.RecordAsync(fence, Succeeded(chunk), Never);
            }
        }).ToArray();

        var answer = await Await.Within(store.FenceNodeAsync(Pool, epoch, fence, FenceReason.Died, Never), Limit, "the fence, while batches overlap");

        Assert.Equal(EpochAnswer.Done, answer.Answer);
        await ended.CancelAsync();
        await Task.WhenAll(nodes);
    }

    [Fact]
    public async Task Register_WhileAnEpochIsBeingTaken_WaitsAndIsStale()
    {
        var store = Open();
        var (epoch, _) = await RegisterAsync(store);
        var taking = await BeginAsync("UPDATE silo.schedulers SET epoch = epoch + 1");

        var fencing = store.SetDrainAsync(Pool, epoch, "n1", true, Never);
        await WaitingForLockAsync("transactionid");
        await EndAsync(taking);

        Assert.False(await Await.Within(fencing, Limit, "the answer of the older scheduler"));
    }

    [Fact]
    public async Task Outcomes_OfTheSameTasksInOppositeOrders_AreRecordedOnce()
    {
        var (one, two) = (Open(), Open());
        var first = (await RegisterAsync(one)).Fence;
        var second = (await RegisterAsync(two, "n2")).Fence;
        for (var round = 0; round < 10; round++)
        {
            var tasks = await InsertAsync(one, 300);

            var answers = await Await.Within(
                Task.WhenAll(one.RecordAsync(first, Succeeded(tasks), Never), two.RecordAsync(second, Succeeded(tasks.Reverse()), Never)), Limit, "both batches");

            Assert.Equal(tasks.Select(task => task.Id).Order(), answers.SelectMany(batch => batch).Where(answer => answer.Answer == OutcomeAnswer.Recorded).Select(answer => answer.Id).Order());
        }
    }

    [Fact]
    public async Task Inserts_OfTheSameIdsInOppositeOrders_AnswerTheSame()
    {
        var (one, two) = (Open(), Open());
        for (var round = 0; round < 10; round++)
        {
            var tasks = Enumerable.Range(0, 300).Select(_ => NewTask()).ToArray();

            var answers = await Await.Within(Task.WhenAll(one.InsertAsync(tasks, Never), two.InsertAsync([.. tasks.Reverse()], Never)), Limit, "both inserts");

            Assert.Equal(answers[0], answers[1].Reverse());
        }
    }

    [Fact]
    public async Task Cancel_OfATaskThatAnotherTransactionHolds_DoesNotWait()
    {
        var store = Open();
        var task = (await InsertAsync(store, 1))[0];
        var held = await BeginAsync("SELECT 1 FROM silo.tasks FOR UPDATE");

        var answer = Assert.Single(await Await.Within(store.RequestCancelAsync([task.Id], Never), Limit, "the cancel"));

        Assert.Equal(CancelKind.Cancelling, answer.Kind);
        await EndAsync(held);
    }

    [Fact]
    public async Task Key_HeldByAnotherTransaction_StopsNobodyElse()
    {
        var store = Open();
        var holder = await BeginAsync("SELECT silo.enqueue('echo', idempotency_key => 'held')");

        var blocked = store.InsertAsync([NewTask("held")], Never);
        var others = Enumerable.Range(0, 20).Select(index => store.InsertAsync([NewTask($"free-{index}")], Never)).ToArray();
        await Await.Within(store.InsertAsync([NewTask()], Never), Limit, "the submit without a key");
        await Await.Within(Task.WhenAll(others), Limit, "the submits with other keys");

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => Await.Within(blocked, Limit, "the submit with that key"));
        Assert.Contains("locked", failure.Message, StringComparison.Ordinal);
        await EndAsync(holder, "ROLLBACK");
        Assert.Equal(InsertKind.Inserted, Assert.Single(await store.InsertAsync([NewTask("held")], Never)).Kind);
    }
}
