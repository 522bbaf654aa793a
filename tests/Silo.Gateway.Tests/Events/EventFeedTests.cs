using System.Text;
using Silo.Core.Engine;
using Silo.Gateway.Events;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Events;

public sealed class EventFeedTests
{
    [Fact]
    public async Task Feed_ReaderFallsBehind_HearsItAndGoesOnWithWhatComes()
    {
        var (live, time) = (new LiveEvents(), new ManualTimeProvider());
        using var feed = new EventFeed(live, time);
        var place = feed.Enter(lastId: null);

        live.Publish([.. Enumerable.Range(1, EventRing.EventsMax + 10).Select(task => EventStreamTests.Event(task, TaskEventKind.Submitted))]);
        await Await.Within(feed.WhenMoreAsync(place), GatewayServer.Limit, "the events");
        var part = feed.Take(place, EventFilter.Everything, int.MaxValue);
        live.Publish([EventStreamTests.Event(1, TaskEventKind.Recorded)]);
        await Await.Within(time.WhenTimersArmedAsync(1), GatewayServer.Limit, "the feed to gather");
        time.Advance(EventFeed.CoalesceTime);
        await Await.Within(feed.WhenMoreAsync(part.Next), GatewayServer.Limit, "the next event");
        var next = feed.Take(part.Next, EventFilter.Everything, int.MaxValue);

        Assert.Equal((true, 0), (part.Missed, part.Events.Count));
        Assert.Equal((false, 1), (next.Missed, next.Events.Count));
    }

    [Fact]
    public void RestAfter_ManyReaders_SharesTheRateAmongThem()
    {
        using var feed = new EventFeed(new LiveEvents(), new ManualTimeProvider());
        for (var reader = 0; reader < 4; reader++)
            feed.Enter(lastId: null);

        Assert.Equal(TimeSpan.FromSeconds(1), feed.RestAfter(EventFeed.BytesPerSecondMax / 4));
        Assert.Equal(TimeSpan.Zero, feed.RestAfter(1000));
    }

    [Fact]
    public async Task Feed_ManyReadersOfOneEvent_ShareItsText()
    {
        var live = new LiveEvents();
        using var feed = new EventFeed(live, new ManualTimeProvider());
        var (one, other) = (feed.Enter(lastId: null), feed.Enter(lastId: null));

        live.Publish([EventStreamTests.Event(1, TaskEventKind.Submitted)]);
        await Await.Within(feed.WhenMoreAsync(one), GatewayServer.Limit, "the event");

        Assert.Same(feed.Take(one, EventFilter.Everything, 1).Events[0], feed.Take(other, EventFilter.Everything, 1).Events[0]);
    }

    [Fact]
    public async Task Feed_EventsCloseTogether_AreGatheredForTheCoalesceTime()
    {
        var (live, time) = (new LiveEvents(), new ManualTimeProvider());
        using var feed = new EventFeed(live, time);
        var place = feed.Enter(lastId: null);
        live.Publish([EventStreamTests.Event(1, TaskEventKind.Submitted)]);
        await Await.Within(feed.WhenMoreAsync(place), GatewayServer.Limit, "the first event");
        place = feed.Take(place, EventFilter.Everything, int.MaxValue).Next;
        await Await.Within(time.WhenTimersArmedAsync(1), GatewayServer.Limit, "the feed to gather");

        live.Publish([EventStreamTests.Event(1, TaskEventKind.Dispatched)]);
        live.Publish([EventStreamTests.Event(1, TaskEventKind.Recorded)]);
        time.Advance(EventFeed.CoalesceTime - TimeSpan.FromTicks(1));
        Assert.False(feed.WhenMoreAsync(place).IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        await Await.Within(feed.WhenMoreAsync(place), GatewayServer.Limit, "the second event");

        Assert.Contains("recorded", Encoding.UTF8.GetString(Assert.Single(feed.Take(place, EventFilter.Everything, int.MaxValue).Events).Block.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Take_MoreThanThePart_IsTakenInParts()
    {
        var live = new LiveEvents();
        using var feed = new EventFeed(live, new ManualTimeProvider());
        var place = feed.Enter(lastId: null);
        live.Publish([.. Enumerable.Range(1, 10).Select(task => EventStreamTests.Event(task, TaskEventKind.Submitted))]);
        await Await.Within(feed.WhenMoreAsync(place), GatewayServer.Limit, "the events");

        var block = feed.Take(place, EventFilter.Everything, 1).Events[0].Block.Length;
        var part = feed.Take(place, EventFilter.Everything, block + 1);
        var rest = feed.Take(part.Next, EventFilter.Everything, int.MaxValue);

        Assert.Equal((2, 8), (part.Events.Count, rest.Events.Count));
        Assert.Equal(Samples.Id(3), rest.Events[0].Task);
    }

    [Fact]
    public async Task Feed_EventsWithLongLogs_AreBoundedInBytes()
    {
        var (live, time) = (new LiveEvents(), new ManualTimeProvider());
        using var feed = new EventFeed(live, time);
        var (start, place, count) = (feed.Enter(lastId: null), 0L, 0);
        var lines = Enumerable.Repeat(new string('x', 4096), 4).ToArray();
        for (place = start; count < 2 * EventRing.BytesMax / (4 * 4096); count += 20)
        {
            live.Publish([.. Enumerable.Range(count, 20).Select(task => EventStreamTests.Said(task, null, null, lines))]);
            await Await.Within(feed.WhenMoreAsync(place), GatewayServer.Limit, "the events");
            place += 20;
            await Await.Within(time.WhenTimersArmedAsync(1), GatewayServer.Limit, "the feed to gather");
            time.Advance(EventFeed.CoalesceTime);
        }

        Assert.True(feed.Take(start, EventFilter.Everything, int.MaxValue).Missed);
        var oldest = start;
        while (feed.Take(oldest, EventFilter.Everything, 1).Missed)
            oldest++;
        var bytes = feed.Take(oldest, EventFilter.Everything, int.MaxValue).Events.Sum(happened => happened.Bytes);
        Assert.InRange(bytes, EventRing.BytesMax / 2, EventRing.BytesMax);
    }

    [Fact]
    public void Feed_NobodyReadsForAWhile_ListensNoMoreAndSaysSoLater()
    {
        var (live, time) = (new LiveEvents(), new ManualTimeProvider());
        using var feed = new EventFeed(live, time);
        Assert.False(live.Listening);
        var id = feed.IdOf(feed.Enter(lastId: null));
        feed.Leave();

        time.Advance(EventFeed.KeptWithoutReaders - TimeSpan.FromTicks(1));
        Assert.True(live.Listening);
        Assert.False(feed.Take(feed.Enter(id), EventFilter.Everything, int.MaxValue).Missed);
        feed.Leave();
        time.Advance(EventFeed.KeptWithoutReaders);
        Assert.False(live.Listening);

        Assert.True(feed.Take(feed.Enter(id), EventFilter.Everything, int.MaxValue).Missed);
        Assert.True(live.Listening);
    }
}
