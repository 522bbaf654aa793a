using Silo.Core.Scheduling;

namespace Silo.Core.Tests.Scheduling;

public sealed class NodeWatchTests
{
    private readonly BoardFixture _fixture = new();

    [Fact]
    public void Tick_StoreStalledForLong_AddsNoSilence()
    {
        var watch = new NodeWatch(_fixture.Options, _fixture.Time);
        _fixture.Time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal(TimeSpan.Zero, watch.Tick());
        watch.StoreAnswered();
        _fixture.Time.Advance(_fixture.Options.Tick);
        Assert.Equal(_fixture.Options.Tick, watch.Tick());
    }

    [Fact]
    public void Tick_SchedulerWasStopped_AddsTwoTicksAtMost()
    {
        var watch = new NodeWatch(_fixture.Options, _fixture.Time);
        _fixture.Time.Advance(TimeSpan.FromSeconds(60));
        watch.StoreAnswered();

        Assert.Equal(_fixture.Options.Tick * 2, watch.Tick());
    }

    [Fact]
    public void IsDead_LeaseOver_IsTrueJustThen()
    {
        var watch = new NodeWatch(_fixture.Options, _fixture.Time);
        var node = _fixture.AddNode("a");
        node.Silence = _fixture.Options.Lease;
        Assert.False(watch.IsDead(node));
        node.Silence += TimeSpan.FromMilliseconds(1);
        Assert.True(watch.IsDead(node));
    }
}
