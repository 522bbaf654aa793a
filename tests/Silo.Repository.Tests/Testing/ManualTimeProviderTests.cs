using Silo.Testing;

namespace Silo.Repository.Tests.Testing;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Advance_SeveralTimersDue_FiresInDueOrderAtTheirOwnTime()
    {
        Arm("late", 3);
        Arm("early", 1);
        Arm("early too", 1);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["early@1", "early too@1", "late@3"], _fired);
        Assert.Equal(TimeSpan.FromSeconds(5), _clock.GetElapsedTime(0));
    }

    [Fact]
    public void Advance_CallbackArmsAnother_FiresItInTheSameAdvance()
    {
        _clock.CreateTimer(_ => Arm("second", 1), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["second@2"], _fired);
    }

    [Fact]
    public void Advance_PeriodicTimer_FiresOncePerPeriodUntilDisposed()
    {
        var timer = _clock.CreateTimer(_ => Note("tick"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        _clock.Advance(TimeSpan.FromSeconds(4));
        timer.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(["tick@1", "tick@3"], _fired);
        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
    }

    [Fact]
    public void Advance_ByZero_FiresWhatIsDueNow()
    {
        Arm("now", 0);
        Assert.Empty(_fired);

        _clock.Advance(TimeSpan.Zero);

        Assert.Equal(["now@0"], _fired);
    }

    [Fact]
    public void StepWallClock_Back_LeavesTimestampsAndTimersAlone()
    {
        Arm("due", 2);
        var before = _clock.GetUtcNow();

        _clock.StepWallClock(TimeSpan.FromHours(-1));

        Assert.Equal(before.AddHours(-1), _clock.GetUtcNow());
        Assert.Equal(0, _clock.GetTimestamp());
        Assert.Equal(TimeSpan.FromSeconds(2), _clock.UntilNextTimer);
    }

    [Fact]
    public void GetLocalNow_ZoneSet_FollowsTheZone()
    {
        _clock.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("plus two", TimeSpan.FromHours(2), null, null));

        Assert.Equal(TimeSpan.FromHours(2), _clock.GetLocalNow().Offset);
    }

    [Fact]
    public async Task WhenTimersArmed_DelayStartedElsewhere_CompletesOnceItIsArmed()
    {
        var armed = _clock.WhenTimersArmedAsync(1);
        var delay = Task.Run(() => Task.Delay(TimeSpan.FromSeconds(1), _clock));

        await Await.Within(armed, TimeSpan.FromSeconds(10), "the delay's timer");
        _clock.Advance(TimeSpan.FromSeconds(1));

        await Await.Within(delay, TimeSpan.FromSeconds(10), "the delay");
    }

    private void Arm(string name, int seconds) =>
        _clock.CreateTimer(_ => Note(name), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);

    private void Note(string name) => _fired.Add($"{name}@{_clock.GetElapsedTime(0).TotalSeconds:0}");
}
