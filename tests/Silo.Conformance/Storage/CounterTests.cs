using Silo.Core.Tasks;

namespace Silo.Conformance.Storage;

public abstract class CounterTests : StoreTests
{
    [Fact]
    public async Task Count_EmptyStore_HasNoRows() => Assert.DoesNotContain(await Tasks.CountAsync(Never), count => count.Count != 0);

    [Fact]
    public async Task Count_ByQueueAndState_FollowsEveryMove()
    {
        var fence = await RegisterAsync("n1");
        var tasks = await InsertManyAsync(3);
        var other = NewTask("other");
        await InsertAsync(other);
        Assert.Equal([(Queue, StoredState.Waiting, 3L), ("other", StoredState.Waiting, 1L)], await CountsAsync());

        await MarkAsync(fence, tasks[0].Id);
        await RecordAsync(fence, tasks[1].Id, OutcomeKind.Failed);
        await RecordAsync(fence, other.Id, OutcomeKind.Retry);
        Assert.Equal(
            [(Queue, StoredState.Waiting, 1L), (Queue, StoredState.Running, 1L), (Queue, StoredState.Failed, 1L), ("other", StoredState.Waiting, 1L)],
            await CountsAsync());

        await Tasks.RetryAsync([tasks[1].Id], Start, Never);
        await RecordAsync(fence, tasks[0].Id, OutcomeKind.Succeeded);
        await Harness.CrashAndReopenAsync();
        Assert.Equal([(Queue, StoredState.Waiting, 2L), (Queue, StoredState.Succeeded, 1L), ("other", StoredState.Waiting, 1L)], await CountsAsync());
        await AssertCountersEqualRowsAsync();
    }

    private async Task<IEnumerable<(string, StoredState, long)>> CountsAsync() =>
        (await Tasks.CountAsync(Never)).Where(count => count.Count != 0)
            .OrderBy(count => count.Queue, StringComparer.Ordinal).ThenBy(count => count.State)
            .Select(count => (count.Queue, count.State, count.Count));
}
