using Silo.Core.Engine;

namespace Silo.Storage.Postgres.Tests;

/// <summary>An idle lane begins on its caller's thread, and goes on without it.</summary>
public sealed class WriteLaneTests : PostgresStoreTests
{
    [Fact]
    public async Task A_caller_whose_window_never_answers_again_holds_up_nobody()
    {
        var store = Open();
        await InsertAsync(store, 1);

        await Task.Run(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new ClosedWindow());
            _ = store.InsertAsync([NewTask()], Never);
            SynchronizationContext.SetSynchronizationContext(null);
        });

        await Task.Run(() => InsertAsync(store, 1)).WaitAsync(Limit);
    }

    [Fact]
    public async Task A_caller_that_is_an_actor_and_was_halted_holds_up_nobody()
    {
        var store = Open();
        await InsertAsync(store, 1);
        var turns = new TurnScheduler();

        await await Task.Factory.StartNew(
            () =>
            {
                _ = store.InsertAsync([NewTask()], Never);
                return turns.HaltAsync();
            },
            Never,
            TaskCreationOptions.None,
            turns);

        await Task.Run(() => InsertAsync(store, 1)).WaitAsync(Limit);
    }

    [Fact]
    public async Task Many_callers_at_once_are_all_answered()
    {
        var store = Open();

        var inserts = Enumerable.Range(0, 200).Select(_ => Task.Run(() => InsertAsync(store, 1))).ToList();

        await Task.WhenAll(inserts).WaitAsync(Limit);
        Assert.Equal(200, (await store.CountAsync(Never)).Sum(static count => count.Count));
    }

    private sealed class ClosedWindow : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
            // Nothing runs here any more.
        }
    }
}
