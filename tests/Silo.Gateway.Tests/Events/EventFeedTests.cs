using Silo.Core.Engine;
using Silo.Gateway.Events;
using Silo.Gateway.Tests.Hosting;
using Silo.Testing;

namespace Silo.Gateway.Tests.Events;

public sealed class EventFeedTests
{
    [Fact]
    public async Task Feed_ReaderFallsBehind_GetsTheLastEventsAndHearsThatItMissedSome()
    {
        var live = new LiveEvents();
        using var feed = new EventFeed(live, new ManualTimeProvider());
        var place = feed.Enter(lastId: null);

        live.Publish([.. Enumerable.Range(1, EventFeed.KeptEventsMax + 10).Select(task => EventStreamTests.Event(task, TaskEventKind.Submitted))]);
        await Await.Within(feed.WhenMoreAsync(place), GatewayServer.Limit, "the events");
        var part = feed.Take(place);

        Assert.Equal((true, EventFeed.KeptEventsMax, Samples.Id(EventFeed.KeptEventsMax + 10)), (part.Missed, part.Events.Count, part.Events[^1].Id));
        Assert.Equal((false, 0), (feed.Take(part.Next).Missed, feed.Take(part.Next).Events.Count));
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
        Assert.False(feed.Take(feed.Enter(id)).Missed);
        feed.Leave();
        time.Advance(EventFeed.KeptWithoutReaders);
        Assert.False(live.Listening);

        Assert.True(feed.Take(feed.Enter(id)).Missed);
        Assert.True(live.Listening);
    }
}
