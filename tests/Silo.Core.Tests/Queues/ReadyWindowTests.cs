using Silo.Core.Placement;
using Silo.Core.Queues;
using Silo.Core.Tasks;
using static Silo.Core.Tests.Queues.Waiting;

namespace Silo.Core.Tests.Queues;

public sealed class ReadyWindowTests
{
    private static readonly ReadyWindowLimits FourEntries = new() { EntriesPerPriority = 4 };

    [Fact]
    public void Next_TwoPriorities_OffersTheHigher()
    {
        var window = new ReadyWindow("default", ReadyWindowLimits.Default);
        window.Arrive(Task(1, priority: 10));
        window.Arrive(Task(2, priority: 90));

        Assert.Equal(Id(2), window.Next(Start, NothingBlocked)!.Value.Task.Spec.Id);
        Assert.True(window.Contains(Id(2)));
    }

    [Fact]
    public void Next_LowerPriorityHasWaitedLongEnough_OffersIt()
    {
        var window = new ReadyWindow("default", ReadyWindowLimits.Default);
        window.Arrive(Task(1, priority: 40, dueSeconds: 0));
        window.Arrive(Task(2, priority: 50, dueSeconds: 59));
        window.Arrive(Task(3, priority: 50, dueSeconds: 61));

        Assert.Equal([Id(2), Id(1), Id(3)], TakeAll(window, Start.AddMinutes(5)));
    }

    [Fact]
    public void Next_EqualScores_GoByDueTimeThenId()
    {
        var window = new ReadyWindow("default", ReadyWindowLimits.Default);
        window.Arrive(Task(3, priority: 51, dueSeconds: 6));
        window.Arrive(Task(2, priority: 50));
        window.Arrive(Task(1, priority: 50));

        Assert.Equal([Id(1), Id(2), Id(3)], TakeAll(window, Start.AddSeconds(6)));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    [InlineData(10, 3)]
    [InlineData(20, 4)]
    public void CountDue_OverPrioritiesAndShapes_CountsWhatHasReachedItsTime(double afterSeconds, int due)
    {
        var window = new ReadyWindow("default", ReadyWindowLimits.Default);
        window.Arrive(Task(1));
        window.Arrive(Task(2, dueSeconds: 10));
        window.Arrive(Task(3, dueSeconds: 20));
        window.Arrive(Task(4, dueSeconds: 5, priority: 90, type: "sleep"));

        Assert.Equal(due, window.CountDue(Start.AddSeconds(afterSeconds)));
    }

    [Fact]
    public void Next_NotDueYet_OffersNothingAndNamesTheTime()
    {
        var window = new ReadyWindow("default", ReadyWindowLimits.Default);
        window.Arrive(Task(1, dueSeconds: 20, priority: 100));
        window.Arrive(Task(2, dueSeconds: 10, priority: 0));

        Assert.Null(window.Next(Start.AddSeconds(9.999), NothingBlocked));
        Assert.Equal(Start.AddSeconds(10), window.NextDue());
        Assert.Equal(Id(2), window.Next(Start.AddSeconds(10), NothingBlocked)!.Value.Task.Spec.Id);
        Assert.Equal(Start.AddSeconds(20), window.NextDue());
    }

    [Fact]
    public void Next_HeadOfBlockedShape_OffersTheOtherShape()
    {
        var window = new ReadyWindow("default", ReadyWindowLimits.Default);
        window.Arrive(Task(1, type: "a"));
        window.Arrive(Task(2, type: "b"));

        Assert.Equal(Id(2), window.Next(Start, Blocked(Task(0, type: "a")))!.Value.Task.Spec.Id);
        Assert.Null(window.Next(Start, Blocked(Task(0, type: "a"), Task(0, type: "b"))));
    }

    [Fact]
    public void Take_NotInMemory_Throws()
    {
        var window = new ReadyWindow("default", ReadyWindowLimits.Default);

        Assert.Contains("default", Assert.Throws<InvalidOperationException>(() => window.Take(Id(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrive_SameAttemptTwice_IsHereOnce()
    {
        var window = new ReadyWindow("default", ReadyWindowLimits.Default);

        Assert.Equal(ArrivalAnswer.Inserted, window.Arrive(Task(1)));
        Assert.Equal(ArrivalAnswer.AlreadyHere, window.Arrive(Task(1)));
        Assert.Equal(1, window.Count);
    }

    [Fact]
    public void Arrive_OtherAttempts_KeepsTheNewest()
    {
        var window = new ReadyWindow("default", ReadyWindowLimits.Default);
        window.Arrive(Task(1, attempt: 2, dueSeconds: 5));

        Assert.Equal(ArrivalAnswer.AlreadyHere, window.Arrive(Task(1, attempt: 1)));
        Assert.Equal(ArrivalAnswer.Inserted, window.Arrive(Task(1, attempt: 3, dueSeconds: 7)));
        Assert.Equal(3, window.Take(Id(1)).Attempt);
        Assert.Equal(0, window.Count);
    }

    [Fact]
    public void Arrive_OverTheLimit_EvictsTheHighestKeyAndLeavesLaterOnesToTheStore()
    {
        var window = new ReadyWindow("default", FourEntries);
        Fill(window, 4);

        Assert.Equal(ArrivalAnswer.Inserted, window.Arrive(Task(9, dueSeconds: 0)));

        Assert.False(window.Contains(Id(4)));
        Assert.True(window.MoreInStore);
        Assert.Equal(Task(4, dueSeconds: 4).Spec.Key, window.CoverOf(50, PlacementShape.Of(Task(0))));
        Assert.Equal(ArrivalAnswer.Beyond, window.Arrive(Task(5, dueSeconds: 5)));
        Assert.Equal(ArrivalAnswer.Inserted, window.Arrive(Task(6, dueSeconds: 5, priority: 51)));
    }

    [Fact]
    public void Arrive_OneTaskLargerThanTheLimit_IsKept()
    {
        var window = new ReadyWindow("default", new ReadyWindowLimits { BytesPerPriority = 1000 });

        Assert.Equal(ArrivalAnswer.Inserted, window.Arrive(Task(1, payloadBytes: 5000)));
        Assert.Equal(ArrivalAnswer.Beyond, window.Arrive(Task(2, payloadBytes: 5000)));
    }

    private static List<TaskId> TakeAll(ReadyWindow window, DateTimeOffset now)
    {
        var taken = new List<TaskId>();
        while (window.Next(now, NothingBlocked) is { } next)
        {
            taken.Add(window.Take(next.Task.Spec.Id).Spec.Id);
        }

        return taken;
    }
}
