using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Core.Tests.Engine;

public sealed class LiveEventsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TaskId First = TaskId.Parse("01890000-0000-7000-8000-000000000001");
    private static readonly TaskId Second = TaskId.Parse("01890000-0000-7000-8000-000000000002");

    private readonly LiveEvents _events = new();

    [Fact]
    public async Task Read_EventsWerePublished_GetsThemInOrder()
    {
        using var subscription = _events.Subscribe();

        _events.Publish([Event(First), Event(Second)]);
        _events.Publish([Event(First)]);
        var batch = await subscription.ReadAsync(CancellationToken.None);

        Assert.Equal([First, Second, First], batch.Events.Select(static one => one.Id));
        Assert.False(batch.Missed);
    }

    [Fact]
    public async Task Read_NothingWasPublished_WaitsForTheNext()
    {
        using var subscription = _events.Subscribe();
        var read = subscription.ReadAsync(CancellationToken.None);
        Assert.False(read.IsCompleted);

        _events.Publish([Event(First)]);

        Assert.Single((await Await.Within(read, Limit, "the event")).Events);
    }

    [Fact]
    public async Task Read_ReaderIsBehind_OldestAreDroppedAndItIsSaidOnce()
    {
        using var subscription = _events.Subscribe(bufferEventsMax: 2);

        _events.Publish([Event(First), Event(First), Event(Second)]);
        var behind = await subscription.ReadAsync(CancellationToken.None);
        _events.Publish([Event(First)]);
        var caughtUp = await subscription.ReadAsync(CancellationToken.None);

        Assert.Equal([First, Second], behind.Events.Select(static one => one.Id));
        Assert.Equal((true, false), (behind.Missed, caughtUp.Missed));
    }

    [Fact]
    public async Task Read_ReaderIsBehindInBytes_OldestAreDropped()
    {
        using var subscription = _events.Subscribe(bufferBytesMax: 10_000);
        var said = Event(First) with { Kind = TaskEventKind.Progress, Progress = new TaskProgress { Id = First, Attempt = 1, Logs = [new string('x', 2000)] } };

        _events.Publish([said, said, said]);
        var behind = await subscription.ReadAsync(CancellationToken.None);
        _events.Publish([said, said]);
        var caughtUp = await subscription.ReadAsync(CancellationToken.None);

        Assert.Equal((2, true), (behind.Events.Count, behind.Missed));
        Assert.Equal((2, false), (caughtUp.Events.Count, caughtUp.Missed));
    }

    [Fact]
    public async Task Read_EventLargerThanTheBuffer_IsMissed()
    {
        using var subscription = _events.Subscribe(bufferBytesMax: 1000);
        var read = subscription.ReadAsync(CancellationToken.None);

        _events.Publish([Event(First) with { Kind = TaskEventKind.Progress, Progress = new TaskProgress { Id = First, Attempt = 1, Logs = [new string('x', 2000)] } }]);
        var batch = await Await.Within(read, Limit, "the news of it");

        Assert.Equal((0, true), (batch.Events.Count, batch.Missed));
    }

    [Fact]
    public async Task Subscribe_WithAFilter_GetsOnlyWhatPasses()
    {
        using var subscription = _events.Subscribe(static happened => happened.Id == Second);

        _events.Publish([Event(First), Event(Second)]);

        Assert.Equal(Second, Assert.Single((await subscription.ReadAsync(CancellationToken.None)).Events).Id);
    }

    [Fact]
    public async Task Dispose_ReaderWaits_ItsReadEnds()
    {
        var subscription = _events.Subscribe();
        var read = subscription.ReadAsync(CancellationToken.None);

        subscription.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Await.Within(read, Limit, "the read to end"));
        Assert.False(_events.Listening);
    }

    [Fact]
    public async Task Read_SecondReaderWhileOneWaits_IsRefused()
    {
        using var subscription = _events.Subscribe();
        var read = subscription.ReadAsync(CancellationToken.None);

        await Assert.ThrowsAsync<InvalidOperationException>(() => subscription.ReadAsync(CancellationToken.None));
        _events.Publish([Event(First)]);
        await Await.Within(read, Limit, "the first reader");
    }

    [Fact]
    public async Task Read_IsCancelled_TheNextReadGoesOn()
    {
        using var subscription = _events.Subscribe();
        using var cancel = new CancellationTokenSource();
        var read = subscription.ReadAsync(cancel.Token);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Await.Within(read, Limit, "the cancelled read"));
        _events.Publish([Event(First)]);

        Assert.Single((await subscription.ReadAsync(CancellationToken.None)).Events);
    }

    [Fact]
    public void Watch_OneTask_GetsItsEventsOnly()
    {
        var seen = new List<TaskId>();
        using var watch = _events.Watch(First, happened => seen.Add(happened.Id));

        _events.Publish([Event(First), Event(Second)]);

        Assert.Equal([First], seen);
    }

    [Fact]
    public void Watch_EarlierWatcherEnds_TheLaterStays()
    {
        var seen = 0;
        var earlier = _events.Watch(First, static _ => { });
        using var later = _events.Watch(First, _ => seen++);

        earlier.Dispose();
        _events.Publish([Event(First)]);

        Assert.Equal(1, seen);
    }

    private static TaskEvent Event(TaskId id) => new() { Kind = TaskEventKind.Dispatched, Id = id };
}
