using Silo.Core.Scheduling;

namespace Silo.Core.Tests.Scheduling;

public sealed class RecentIdsTests
{
    private readonly BoardFixture _fixture = new();

    [Fact]
    public void Id_OfTwoSpansAgo_IsForgottenAndOld()
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
    public void Id_AheadOfALaggingClock_IsToBeRemembered()
    {
        var id = _fixture.Task().Spec.Id;

        Assert.False(RecentIds.IsYoung(id, _fixture.Now - RecentIds.Span));
        Assert.True(RecentIds.MayBecomeYoung(id, _fixture.Now - RecentIds.Span));
        Assert.False(RecentIds.MayBecomeYoung(id, _fixture.Now + RecentIds.Span));
    }
}
