using Silo.Cli.Workers.Roster;

namespace Silo.Cli.Tests.Workers;

public sealed class WorkerRosterTests
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(45);
    private readonly WorkerRoster _roster = new(DrainLimit);

    [Fact]
    public void Decide_FirstTime_StartsTheCountOnce()
    {
        _roster.Scale(3);

        Assert.Equal([Start(1), Start(2), Start(3)], _roster.Decide(At(0)));
        Assert.Empty(_roster.Decide(At(100)));
        Assert.True(_roster.IsSettled);
        Assert.Null(_roster.NextDecision());
    }

    [Fact]
    public void Ended_ByItself_IsStartedAgainAfterItsDelay()
    {
        Begin(1);

        _roster.Ended(1, 137, "killed", At(10));

        Assert.Empty(_roster.Decide(At(10)));
        Assert.Equal(At(10.5), _roster.NextDecision());
        Assert.Equal([Start(1)], _roster.Decide(At(10.5)));
        Assert.Equal((1, "killed"), (_roster.Entries.Single().Restarts, _roster.Entries.Single().Reason));
    }

    [Fact]
    public void Ended_AgainAndAgain_WaitsLongerEachTime()
    {
        Begin(1);
        var waits = new List<TimeSpan>();
        var now = At(0);
        for (var failure = 0; failure < 4; failure++)
        {
            _roster.Ended(1, 1, "broken", now);
            var due = _roster.NextDecision()!.Value;
            waits.Add(due - now);
            now = due;
            Assert.Equal([Start(1)], _roster.Decide(now));
        }

        Assert.Equal([At(0.5), At(1), At(2), At(4)], waits);
    }

    [Fact]
    public void Ended_AfterARunThatWasWell_CountsAsTheFirstFailure()
    {
        Begin(1);
        _roster.Ended(1, 1, "broken", At(0));
        _roster.Decide(At(1));

        _roster.Ended(1, 1, "broken", At(1) + RestartPolicy.WellAfter);

        Assert.Equal(At(1) + RestartPolicy.WellAfter + RestartPolicy.DelayMin, _roster.NextDecision());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Ended_WithACodeThatStays_IsNotStartedAgainUntilARestart(int exitCode)
    {
        Begin(2);

        _roster.Ended(2, exitCode, "refused", At(1));

        Assert.Empty(_roster.Decide(At(10_000)));
        Assert.Equal((WorkerPhase.Failed, 0), (_roster.Entries.Last().Phase, _roster.Entries.Last().Restarts));
        Assert.True(_roster.IsSettled);
        _roster.RestartAll();
        Assert.Equal([Terminate(1)], _roster.Decide(At(10_001)));
        _roster.Ended(1, 0, "ended", At(10_002));
        Assert.Equal([Start(1)], _roster.Decide(At(10_002)));
        Assert.Equal([Start(2)], _roster.Decide(At(10_003)));
    }

    [Fact]
    public void Scale_Down_DrainsTheLastOnesAndForgetsThem()
    {
        Begin(4);

        _roster.Scale(2);

        Assert.Equal([Terminate(4), Terminate(3)], _roster.Decide(At(1)));
        Assert.False(_roster.IsSettled);
        _roster.Ended(3, 0, "ended", At(2));
        _roster.Ended(4, 0, "ended", At(2));
        Assert.Empty(_roster.Decide(At(2)));
        Assert.Equal([1, 2], _roster.Entries.Select(entry => entry.Index));
        Assert.Equal((2, 0), (_roster.Drained, _roster.Killed));
        Assert.True(_roster.IsSettled);
    }

    [Fact]
    public void Scale_UpWhileOneDrains_StartsItWhenItHasGone()
    {
        Begin(2);
        _roster.Scale(1);
        _roster.Decide(At(1));

        _roster.Scale(3);

        Assert.Equal([Start(3)], _roster.Decide(At(2)));
        Assert.False(_roster.IsSettled);
        _roster.Ended(2, 0, "ended", At(3));
        Assert.Equal([Start(2)], _roster.Decide(At(3)));
        Assert.True(_roster.IsSettled);
    }

    [Fact]
    public void Scale_DownWhileOneWaitsForItsRestart_ForgetsIt()
    {
        Begin(2);
        _roster.Ended(2, 1, "broken", At(1));

        _roster.Scale(1);

        Assert.Empty(_roster.Decide(At(100)));
        Assert.Single(_roster.Entries);
    }

    [Fact]
    public void Drain_TakesTooLong_IsKilledOnce()
    {
        Begin(1);
        _roster.Scale(0);
        _roster.Decide(At(1));

        Assert.Equal(At(1) + DrainLimit, _roster.NextDecision());
        Assert.Equal([Kill(1)], _roster.Decide(At(1) + DrainLimit));
        Assert.Empty(_roster.Decide(At(1000)));
        _roster.Ended(1, 137, "ended", At(1000));
        Assert.Equal((0, 1), (_roster.Drained, _roster.Killed));
    }

    [Fact]
    public void Stop_Once_DrainsAllAndIsOverWhenTheyHaveGone()
    {
        Begin(2);
        _roster.Ended(1, 1, "broken", At(1));

        _roster.Stop();

        Assert.Equal([Terminate(2)], _roster.Decide(At(1)));
        Assert.False(_roster.IsOver);
        _roster.Ended(2, 0, "ended", At(2));
        Assert.Empty(_roster.Decide(At(2)));
        Assert.True(_roster.IsOver);
    }

    [Fact]
    public void Stop_Twice_KillsWhoIsLeft()
    {
        Begin(1);
        _roster.Stop();
        _roster.Decide(At(1));

        _roster.Stop();

        Assert.Equal([Kill(1)], _roster.Decide(At(2)));
    }

    [Fact]
    public void RestartAll_Running_GoesOneAfterTheOther()
    {
        Begin(2);

        _roster.RestartAll();

        Assert.Equal([Terminate(1)], _roster.Decide(At(1)));
        Assert.Empty(_roster.Decide(At(20)));
        _roster.Ended(1, 0, "ended", At(21));
        Assert.Equal([Start(1)], _roster.Decide(At(21)));
        Assert.Equal(At(21) + WorkerRoster.SettleTime, _roster.NextDecision());
        Assert.Equal([Terminate(2)], _roster.Decide(At(21) + WorkerRoster.SettleTime));
        _roster.Ended(2, 0, "ended", At(30));
        Assert.Equal([Start(2)], _roster.Decide(At(30)));
        Assert.False(_roster.IsSettled);
        _roster.Decide(At(40));
        Assert.True(_roster.IsSettled);
        Assert.All(_roster.Entries, entry => Assert.Equal(0, entry.Restarts));
    }

    [Fact]
    public void RestartAll_OneDoesNotComeBack_GoesOnWithTheNext()
    {
        Begin(2);
        _roster.RestartAll();
        _roster.Decide(At(1));
        _roster.Ended(1, 0, "ended", At(2));
        _roster.Decide(At(2));

        _roster.Ended(1, 1, "broken", At(2.1));

        Assert.Equal([Terminate(2)], _roster.Decide(At(2.1)));
    }

    [Fact]
    public void Adopt_SomeOfThoseWanted_StartsTheRestAndDrainsWhoIsTooMany()
    {
        _roster.Scale(2);
        _roster.Adopt(2, At(0));
        _roster.Adopt(5, At(0));

        Assert.Equal([Terminate(5), Start(1)], _roster.Decide(At(0)));
    }

    private void Begin(int count)
    {
        _roster.Scale(count);
        _roster.Decide(At(0));
    }

    private static RosterAction Start(int index) => new(RosterVerb.Start, index);

    private static RosterAction Terminate(int index) => new(RosterVerb.Terminate, index);

    private static RosterAction Kill(int index) => new(RosterVerb.Kill, index);

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
