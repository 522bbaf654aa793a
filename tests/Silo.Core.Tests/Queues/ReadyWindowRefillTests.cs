using Silo.Core.Placement;
using Silo.Core.Queues;
using Silo.Core.Tasks;
using static Silo.Core.Tests.Queues.Waiting;

namespace Silo.Core.Tests.Queues;

public sealed class ReadyWindowRefillTests
{
    private static readonly ReadyWindowLimits FourEntries = new() { EntriesPerPriority = 4 };

    /// <summary>When every task of these tests is due, so that no page is put off.</summary>
    private static readonly DateTimeOffset Late = Start.AddDays(1);

    [Fact]
    public void Refill_ShortPage_LearnsThatTheStoreHasNoMore()
    {
        var window = Noted(FourEntries);
        var request = window.NextRefill(Late, NothingBlocked)!;
        Assert.Equal((50, ReadyKey.Lowest, null), (request.Priority, request.From, request.Shape));
        window.RefillStarted(request);
        Assert.Null(window.NextRefill(Late, NothingBlocked));

        window.ApplyPage(request, [Task(1), Task(2), Task(3)], 4, _ => false);

        Assert.Equal(3, window.Count);
        Assert.False(window.MoreInStore);
        Assert.Null(window.NextRefill(Late, NothingBlocked));
    }

    [Fact]
    public void Refill_FullPage_GoesOnJustAboveItsLastRow()
    {
        var window = Noted(FourEntries);
        Apply(window, [Task(1), Task(2)], limit: 2);
        window.Take(Id(1));

        var next = window.NextRefill(Late, NothingBlocked)!;

        Assert.True(next.From > Task(2).Spec.Key);
        Assert.True(next.From < Task(3).Spec.Key);
    }

    [Fact]
    public void Refill_RestIsDueLater_IsPutOffUntilItNearlyIs()
    {
        var window = Noted(new ReadyWindowLimits { ReadAhead = TimeSpan.FromSeconds(10) });
        Apply(window, [Task(1), Task(2, dueSeconds: 60)], limit: 2);
        Assert.NotNull(window.Next(Start, NothingBlocked));
        window.Take(Id(1));

        Assert.Null(window.NextRefill(Start.AddSeconds(49), NothingBlocked));
        Assert.Equal(Start.AddSeconds(50), window.NextDue());
        Assert.True(window.NextRefill(Start.AddSeconds(50), NothingBlocked)!.From > Task(2, dueSeconds: 60).Spec.Key);
        Assert.Equal(Start.AddSeconds(60), window.NextDue());
    }

    [Fact]
    public void Refill_PageReachesWhatIsDueLater_LeavesThatInTheStore()
    {
        var window = Noted(new ReadyWindowLimits { ReadAhead = TimeSpan.FromSeconds(10) });
        var request = window.NextRefill(Start, NothingBlocked)!;
        window.RefillStarted(request);

        window.ApplyPage(request, [Task(1), Task(2, dueSeconds: 10), Task(3, dueSeconds: 60)], 512, _ => false);

        Assert.Equal(2, window.Count);
        Assert.Null(window.NextRefill(Start, NothingBlocked));
        Assert.Equal(Start.AddSeconds(50), window.NextDue());
        Assert.Equal(Task(3, dueSeconds: 60).Spec.Key, window.NextRefill(Start.AddSeconds(50), NothingBlocked)!.From);
    }

    [Fact]
    public void Refill_ParkedRestIsDueLater_IsPutOffUntilItNearlyIs()
    {
        var window = Noted(new ReadyWindowLimits { EntriesPerPriority = 4, ReadAhead = TimeSpan.FromSeconds(1) });
        var gpu = Enumerable.Range(1, 4).Select(i => Task(i, 60 * i, type: "gpu")).ToList();
        Pump(window, [.. gpu, Task(5, 240, type: "cpu"), Task(6, 300, type: "cpu"), Task(7, 360, type: "cpu")], Blocked(gpu[0]), Start.AddSeconds(300));
        var cover = window.CoverOf(50, PlacementShape.Of(gpu[0]));
        Assert.True(cover < window.CoverOf(50, PlacementShape.Of(Task(0, type: "cpu"))), "The blocked shape is parked.");

        foreach (var task in gpu)
        {
            window.Remove(task.Spec.Id);
        }

        Assert.Null(window.NextRefill(cover.RunAt.AddSeconds(-1.1), NothingBlocked)?.Shape);
        Assert.NotNull(window.NextRefill(cover.RunAt.AddSeconds(-1), NothingBlocked)?.Shape);
    }

    [Fact]
    public void Refill_LastIdThereIs_GoesOnAtTheNextMoment()
    {
        var last = Task(1);
        last = last with { Spec = last.Spec with { Id = ReadyKey.Highest.Id } };
        var window = Noted(FourEntries);
        Apply(window, [last], limit: 1);

        Assert.Equal(new ReadyKey(last.Spec.RunAt.AddTicks(1), default), window.NextRefill(Late, NothingBlocked)!.From);
    }

    [Fact]
    public void Refill_RowTakenAndLeftMeanwhile_IsNotOfferedAgain()
    {
        var window = new ReadyWindow("default", FourEntries);
        window.Arrive(Task(1));
        window.Forget();
        var request = Started(window);
        window.Take(Id(1));
        window.Left(Id(1));

        window.ApplyPage(request, [Task(1), Task(2, dueSeconds: 1)], 4, _ => false);

        Assert.Equal(Id(2), window.Next(Start.AddSeconds(1), NothingBlocked)!.Value.Task.Spec.Id);
        Assert.Equal(1, window.Count);
    }

    [Fact]
    public void Refill_RowRemovedMeanwhile_IsNotBroughtBack()
    {
        var window = new ReadyWindow("default", FourEntries);
        window.Arrive(Task(1));
        window.Forget();
        var request = Started(window);
        Assert.True(window.Remove(Id(1)));
        Assert.False(window.Remove(Id(1)));

        window.ApplyPage(request, [Task(1)], 4, _ => false);

        Assert.Equal(0, window.Count);
    }

    [Fact]
    public void Refill_RowOnANode_IsSkipped()
    {
        var window = Noted(FourEntries);

        Apply(window, [Task(1), Task(2)], limit: 4, held: Id(1));

        Assert.False(window.Contains(Id(1)));
        Assert.True(window.Contains(Id(2)));
    }

    [Fact]
    public void Refill_ArrivalMeanwhileAndShortPage_PutsItIntoMemoryToo()
    {
        var window = Noted(FourEntries);
        var request = Started(window);

        Assert.Equal(ArrivalAnswer.Beyond, window.Arrive(Task(9, dueSeconds: 9)));
        window.ApplyPage(request, [Task(1)], 4, _ => false);

        Assert.True(window.Contains(Id(9)));
        Assert.False(window.MoreInStore);
    }

    [Fact]
    public void Refill_NewerAttemptArrivedMeanwhile_WinsOverItsOldRow()
    {
        var window = Noted(FourEntries);
        var request = Started(window);
        window.Arrive(Task(1, attempt: 2, dueSeconds: 9));

        window.ApplyPage(request, [Task(1)], 4, _ => false);

        Assert.Equal(2, window.Take(Id(1)).Attempt);
    }

    [Fact]
    public void Refill_MoreArriveThanFit_ReadsAgainFromTheLowestOfThem()
    {
        var window = Noted(FourEntries);
        var request = Started(window);
        Fill(window, 5);

        window.ApplyPage(request, [], 4, _ => false);

        Assert.Equal(4, window.Count);
        Assert.Equal(Task(5, dueSeconds: 5).Spec.Key, window.CoverOf(50, PlacementShape.Of(Task(0))));
    }

    [Fact]
    public void Refill_ForgottenMeanwhile_StartsOver()
    {
        var window = Noted(FourEntries);
        var request = Started(window);
        window.Forget();

        window.ApplyPage(request, [Task(1)], 4, _ => false);

        Assert.Equal(ReadyKey.Lowest, window.NextRefill(Late, NothingBlocked)!.From);
    }

    [Fact]
    public void Refill_ForgottenWithMemoryFull_StillFindsWhatWasMissed()
    {
        var window = new ReadyWindow("default", FourEntries);
        Fill(window, 4);
        window.Forget();

        Apply(window, [Task(9), Task(1, dueSeconds: 1)], limit: 2);

        Assert.True(window.Contains(Id(9)));
        Assert.False(window.Contains(Id(4)));
        Apply(window, [Task(2, dueSeconds: 2), Task(3, dueSeconds: 3), Task(4, dueSeconds: 4)], limit: 3);
        Assert.Null(window.NextRefill(Late, NothingBlocked));
        Assert.Equal(Task(4, dueSeconds: 4).Spec.Key, window.CoverOf(50, PlacementShape.Of(Task(0))));
    }

    [Fact]
    public void Refill_Failed_IsWantedAgain()
    {
        var window = Noted(FourEntries);
        var request = Started(window);

        window.RefillFailed(request);

        Assert.Equal(request.From, window.NextRefill(Late, NothingBlocked)!.From);
    }

    [Fact]
    public void Refill_LargeRows_AsksForFewer()
    {
        var window = Noted(new ReadyWindowLimits { BytesPerPriority = 100_000 });
        Apply(window, [Task(1, payloadBytes: 9_488), Task(2, payloadBytes: 9_488)], limit: 2);

        Assert.Equal(5, window.NextRefill(Late, NothingBlocked)!.Limit);
    }

    [Fact]
    public void Refill_TwoPrioritiesShort_ServesThemInTurns()
    {
        var window = new ReadyWindow("default", FourEntries);
        window.NotePriority(10);
        window.NotePriority(90);
        var first = Started(window);
        window.RefillFailed(first);

        Assert.Equal([90, 10], [first.Priority, window.NextRefill(Late, NothingBlocked)!.Priority]);
    }

    [Fact]
    public void NotePriority_AlreadyRead_ChangesNothing()
    {
        var window = Noted(FourEntries);
        Apply(window, [Task(1)], limit: 4);

        window.NotePriority(50);

        Assert.False(window.MoreInStore);
    }

    [Fact]
    public void NotePriority_MetByAnArrivalBetweenForgetAndHere_IsRead()
    {
        var window = new ReadyWindow("default", FourEntries);
        window.Forget();
        window.Arrive(Task(7, dueSeconds: 7));

        window.NotePriority(50);

        Assert.Equal(ReadyKey.Lowest, window.NextRefill(Late, NothingBlocked)!.From);
        Assert.True(window.Contains(Id(7)));
    }

    [Fact]
    public void Parking_BlockedShapeFillsMemory_MakesRoomForTheOtherShape()
    {
        var window = Noted(FourEntries);
        var backlog = Enumerable.Range(1, 8).Select(i => Task(i, i, type: "gpu")).ToList();
        var other = Task(9, 9, type: "cpu");
        var blocked = Blocked(backlog[0]);
        Apply(window, backlog[..4], limit: 4);
        Assert.Null(window.NextRefill(Late, NothingBlocked));

        Pump(window, [.. backlog, other], blocked);

        Assert.Equal(Id(9), window.Next(Start.AddMinutes(1), blocked)!.Value.Task.Spec.Id);
        Assert.True(window.Count <= 4);
    }

    [Fact]
    public void Parking_ShapeUnblocked_ComesBackInOrderWithNothingMissing()
    {
        var window = Noted(FourEntries);
        var store = Enumerable.Range(1, 9).Select(i => Task(i, i, type: i % 4 == 0 ? "cpu" : "gpu")).ToList();
        Pump(window, store, Blocked(Task(0, type: "gpu")));

        var order = new List<int>();
        while (order.Count < 9)
        {
            Pump(window, store, NothingBlocked);
            var task = window.Next(Start.AddMinutes(1), NothingBlocked)!.Value.Task;
            window.Take(task.Spec.Id);
            order.Add((int)(task.Spec.RunAt - Start).TotalSeconds);
            store.Remove(task);
        }

        Pump(window, store, NothingBlocked);
        Assert.Equal([1, 2, 3, 5, 6, 7, 9], order.Where(i => i % 4 != 0));
        Assert.Equal([4, 8], order.Where(i => i % 4 == 0));
        Assert.False(window.MoreInStore);
    }

    [Fact]
    public void Parking_ShapeUnblockedWhileMemoryIsFullOfLaterTasks_DisplacesThem()
    {
        var window = Noted(FourEntries);
        var gpu = Enumerable.Range(1, 8).Select(i => Task(i, i, type: "gpu")).ToList();
        var later = Enumerable.Range(11, 6).Select(i => Task(i, 1000 + i, type: "cpu")).ToList();
        Pump(window, [.. gpu, .. later], Blocked(gpu[0]));
        foreach (var task in gpu.Where(task => window.Contains(task.Spec.Id)).ToList())
        {
            window.Take(task.Spec.Id);
            gpu.Remove(task);
        }

        for (var id = 20; window.Count < 4; id++)
        {
            later.Insert(0, Task(id, 1020 - id, type: "cpu"));
            Assert.Equal(ArrivalAnswer.Inserted, window.Arrive(later[0]));
        }

        Assert.Null(window.Next(Start.AddSeconds(100), NothingBlocked));
        Pump(window, [.. gpu, .. later], NothingBlocked);

        Assert.Equal(gpu[0].Spec.Id, window.Next(Start.AddSeconds(100), NothingBlocked)?.Task.Spec.Id);
    }

    [Fact]
    public void Parking_ShapeUsedUpAsFastAsItIsRead_LeavesTheOthersTheirTurn()
    {
        var window = Noted(FourEntries);
        var gpu = Enumerable.Range(1, 4).Select(i => Task(i, i, type: "gpu")).ToList();
        Apply(window, gpu, limit: 4);
        Assert.Null(window.NextRefill(Late, Blocked(gpu[0]))!.Shape);
        foreach (var task in gpu)
        {
            window.Remove(task.Spec.Id);
        }

        var first = Started(window);
        window.RefillFailed(first);
        var second = Started(window);
        window.RefillFailed(second);

        Assert.Equal(("gpu", null, "gpu"), (first.Shape?.Type, second.Shape?.Type, window.NextRefill(Late, NothingBlocked)!.Shape?.Type));
    }

    private static ReadyWindow Noted(ReadyWindowLimits limits)
    {
        var window = new ReadyWindow("default", limits);
        window.NotePriority(50);
        return window;
    }

    private static RefillRequest Started(ReadyWindow window)
    {
        var request = window.NextRefill(Late, NothingBlocked)!;
        window.RefillStarted(request);
        return request;
    }

    private static void Apply(ReadyWindow window, IReadOnlyList<WaitingTask> rows, int limit, TaskId? held = null) =>
        window.ApplyPage(Started(window), rows, limit, id => id == held);

    /// <summary>Reads what the window wants until it wants no more.</summary>
    private static void Pump(ReadyWindow window, IReadOnlyList<WaitingTask> store, IReadOnlySet<PlacementShape> blocked, DateTimeOffset? now = null)
    {
        for (var pages = 0; window.NextRefill(now ?? Late, blocked) is { } request; pages++)
        {
            Assert.True(pages < 50, "The window reads for ever.");
            window.RefillStarted(request);
            window.ApplyPage(request, [.. store.Where(task => task.Spec.Key >= request.From).Take(2)], 2, _ => false);
        }
    }
}
