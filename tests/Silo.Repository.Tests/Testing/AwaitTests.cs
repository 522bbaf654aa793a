using Silo.Testing;

namespace Silo.Repository.Tests.Testing;

public sealed class AwaitTests
{
    [Fact]
    public async Task Within_NeverCompletes_NamesWhatWasAwaited()
    {
        var never = new TaskCompletionSource().Task;

        var failure = await Assert.ThrowsAsync<TimeoutException>(
            () => Await.Within(never, TimeSpan.FromMilliseconds(20), "the third outcome"));

        Assert.Contains("the third outcome", failure.Message);
    }

    [Fact]
    public async Task Within_TaskItselfTimesOut_KeepsItsOwnMessage()
    {
        var failed = Task.FromException(new TimeoutException("its own"));

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => Await.Within(failed, TimeSpan.FromSeconds(1), "it"));

        Assert.Equal("its own", failure.Message);
    }

    [Fact]
    public async Task Until_NeverHolds_NamesWhatWasAwaited()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(
            () => Await.Until(() => false, TimeSpan.FromMilliseconds(50), "the port to open"));

        Assert.Contains("the port to open", failure.Message);
    }
}
