using Silo.Core.Storage;
using Silo.Testing;

namespace Silo.Storage.Sqlite.Tests;

public sealed class GroupCommitTests : SqliteStoreTests
{
    [Fact]
    public async Task Writes_WhileACommitIsOnItsWay_ShareTheNext()
    {
        var store = Open();
        using var gate = new Gate();
        Faults.OnCommitting = gate.Pass;
        var first = InsertNewAsync(store);
        await gate.WhenReachedAsync();

        var others = Enumerable.Range(0, 100).Select(_ => InsertNewAsync(store)).ToArray();
        Assert.DoesNotContain(others, other => other.IsCompleted);
        gate.Open();
        await Await.Within(Task.WhenAll([first, .. others]), Patience, "the inserts");

        Assert.Equal([1, 100], Faults.Batches);
        Assert.Equal(2, Faults.Commits);
    }

    [Fact]
    public async Task Write_IsAnsweredOnlyAfterItsCommit()
    {
        var store = Open();
        using var gate = new Gate();
        Faults.OnCommitting = gate.Pass;

        var insert = InsertNewAsync(store);
        await gate.WhenReachedAsync();

        Assert.False(insert.IsCompleted);
        Assert.Empty((await store.ListAsync(TaskFilter.Everything, null, 10, Never)).Tasks);
        gate.Open();
        await Await.Within(insert, Patience, "the insert");
        Assert.Single((await store.ListAsync(TaskFilter.Everything, null, 10, Never)).Tasks);
    }

    [Fact]
    public async Task Batch_IsBoundedInOperationsAndRows()
    {
        var store = Open(options => (options.BatchOperationsMax, options.BatchRowsMax) = (10, 25));
        using var gate = new Gate();
        Faults.OnCommitting = gate.Pass;
        var first = InsertNewAsync(store);
        await gate.WhenReachedAsync();

        List<Task> others = [.. Enumerable.Range(0, 12).Select(_ => InsertNewAsync(store))];
        others.AddRange(Enumerable.Range(0, 3).Select(_ => store.InsertAsync([.. Enumerable.Range(0, 11).Select(_ => NewTask())], Never)));
        others.Add(store.InsertAsync([.. Enumerable.Range(0, 60).Select(_ => NewTask())], Never));
        gate.Open();
        await Await.Within(Task.WhenAll([first, .. others]), Patience, "the inserts");

        // 10 by operations; 2 and 2 × 11 rows; 11, and not 60 more; 60 alone, though above the limit.
        Assert.Equal([1, 10, 4, 1, 1], Faults.Batches);
    }

    [Fact]
    public async Task Queue_WhenFull_MakesCallersWaitAndLosesNone()
    {
        var store = Open(options => (options.QueuedWritesMax, options.BatchOperationsMax) = (4, 2));
        using var gate = new Gate();
        Faults.OnCommitting = gate.Pass;
        var first = InsertNewAsync(store);
        await gate.WhenReachedAsync();
        var others = Enumerable.Range(0, 50).Select(_ => InsertNewAsync(store)).ToArray();

        gate.Open();
        await Await.Within(Task.WhenAll([first, .. others]), Patience, "the inserts");

        Assert.Equal(51, (await store.CountAsync(Never)).Sum(count => count.Count));
    }

    [Fact]
    public async Task Write_CancelledWhileItWaits_IsNotDone()
    {
        var store = Open();
        using var gate = new Gate();
        using var giveUp = new CancellationTokenSource();
        Faults.OnCommitting = gate.Pass;
        var first = InsertNewAsync(store);
        await gate.WhenReachedAsync();
        var waiting = store.InsertAsync([NewTask()], giveUp.Token);

        await giveUp.CancelAsync();
        gate.Open();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Await.Within(first, Patience, "the first insert");
        Assert.Single((await store.ListAsync(TaskFilter.Everything, null, 10, Never)).Tasks);
    }

    [Fact]
    public async Task Answer_WhoseContinuationBlocksOnAnotherWrite_DoesNotHoldTheWriter()
    {
        var store = Open();
        using var gate = new Gate();
        Faults.OnCommitting = gate.Pass;

        // Off the test's own context, which would take the continuation wherever it was set off.
        var continued = Task.Run(async () =>
        {
            var insert = store.InsertAsync([NewTask()], Never);
            await gate.WhenReachedAsync();
            var blocking = insert.ContinueWith(
                _ => store.InsertAsync([NewTask()], Never).GetAwaiter().GetResult(), Never, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            gate.Open();
            return await blocking;
        });

        Assert.Single(await Await.Within(continued, Patience, "the write that a continuation waits for"));
    }

    [Fact]
    public async Task Writes_BehindOneThatHangs_AreCommittedByTheWritersOwnThread()
    {
        var store = Open();
        using var gate = new Gate();
        var writers = new List<string?>();
        Faults.OnCommitting = () =>
        {
            writers.Add(Thread.CurrentThread.Name);
            gate.Pass();
        };

        var first = InsertNewAsync(store);
        await gate.WhenReachedAsync();
        var second = InsertNewAsync(store);
        gate.Open();
        await Await.Within(Task.WhenAll(first, second), Patience, "both writes");

        Assert.Equal(2, writers.Count);
        Assert.NotEqual("silo-sqlite-writer", writers[0]);
        Assert.Equal("silo-sqlite-writer", writers[1]);
    }

    [Fact]
    public async Task Listing_WhileACommitHangs_IsAnswered()
    {
        var store = Open();
        var task = await InsertNewAsync(store);
        using var gate = new Gate();
        Faults.OnCommitting = gate.Pass;
        var hanging = InsertNewAsync(store);
        await gate.WhenReachedAsync();

        var page = await Await.Within(store.ListAsync(TaskFilter.Everything, null, 10, Never), Patience, "the listing");

        Assert.Equal([task.Id], page.Tasks.Select(listed => listed.Spec.Id));
        gate.Open();
        await hanging;
    }

    [Fact]
    public async Task Close_CommitsWhatWasAcceptedAndRefusesTheRest()
    {
        var store = Open();
        var accepted = Enumerable.Range(0, 50).Select(_ => InsertNewAsync(store)).ToArray();

        await store.DisposeAsync();

        await Await.Within(Task.WhenAll(accepted), Patience, "the inserts");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => InsertNewAsync(store));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.CountAsync(Never));
        Assert.Equal(50, (await Open().CountAsync(Never)).Sum(count => count.Count));
    }

    /// <summary>Holds the writer at its first commit until the test lets it go.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _open = new();

        public void Pass()
        {
            _reached.TrySetResult();
            if (!_open.Wait(Patience))
            {
                throw new TimeoutException("The test never opened the gate.");
            }
        }

        public Task WhenReachedAsync() => Await.Within(_reached.Task, Patience, "the writer's commit");

        public void Open() => _open.Set();

        public void Dispose()
        {
            // Not disposed: the writer may still be inside Wait.
            _open.Set();
        }
    }
}
