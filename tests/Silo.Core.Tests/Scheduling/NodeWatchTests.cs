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

    [Fact]
    public void RecentIds_IdOfTwoSpansAgo_IsForgottenAndOld()
    {
        var recent = new RecentIds(_fixture.Time);
        var id = _fixture.Task().Spec.Id;
        recent.Add(id);
        Assert.True(RecentIds.IsYoung(id, _fixture.Now));

        _fixture.Time.Advance(RecentIds.Span);
        recent.Add(_fixture.Task().Spec.Id);
        Assert.True(recent.Contains(id));
        Assert.False(RecentIds.IsYoung(id, _fixture.Now));
        _fixture.Time.Advance(RecentIds.Span);
        recent.Add(_fixture.Task().Spec.Id);
        Assert.False(recent.Contains(id));
    }

    [Fact]
    public void RecentIds_IdAheadOfALaggingClock_IsToBeRemembered()
    {
        var id = _fixture.Task().Spec.Id;

        Assert.False(RecentIds.IsYoung(id, _fixture.Now - RecentIds.Span));
        Assert.True(RecentIds.MayBecomeYoung(id, _fixture.Now - RecentIds.Span));
        Assert.False(RecentIds.MayBecomeYoung(id, _fixture.Now + RecentIds.Span));
    }

    [Fact]
    public void Dispatch_AfterTwoMillionEpochs_IsStillExactAsADouble()
    {
        _fixture.AddNode("a");
        _fixture.Arrive();
        var dispatch = Assert.Single(_fixture.Round.Run(_fixture.Now, epoch: 2_000_000)).Dispatch;

        Assert.Equal(dispatch, (long)(double)dispatch);
        Assert.True(dispatch < 1L << 53);
    }
}
