using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Tasks;

namespace Silo.Core.Tests.Scheduling;

public sealed class PlacementRoundTests
{
    private readonly BoardFixture _fixture = new();

    [Fact]
    public void Run_MoreTasksThanSlots_FillsSlotsOnly()
    {
        var node = _fixture.AddNode("a", slots: 3);
        for (var i = 0; i < 10; i++)
            _fixture.Arrive();

        Assert.Equal(3, _fixture.Place().Count);
        Assert.Equal(3, node.Occupied);
        Assert.Empty(_fixture.Place());
    }

    [Fact]
    public void Run_ShortTasks_LooksAheadNoFurtherThanItsTime()
    {
        var node = _fixture.AddNode("a", slots: 2);
        _fixture.Board.Durations.Observe("echo", TimeSpan.FromMilliseconds(2));
        for (var i = 0; i < 100; i++)
            _fixture.Arrive();

        // 20 ms a slot, two slots, 2 ms a task.
        Assert.Equal(20, _fixture.Place().Count);
        Assert.Equal(NodeLimits.LookAhead * 2, node.ExpectedWork);
    }

    [Fact]
    public void Run_TasksOfNoLength_LookAheadIsBoundedInNumber()
    {
        _fixture.AddNode("a", slots: 1);
        _fixture.Board.Durations.Observe("echo", TimeSpan.Zero);
        for (var i = 0; i < 1000; i++)
        {
            _fixture.Arrive(priority: 10);
            _fixture.Arrive(priority: 20);
            _fixture.Arrive(priority: 30);
        }

        Assert.Equal(1 + NodeLimits.LookAheadTasksMax, _fixture.Place().Count);
    }

    [Fact]
    public void Run_NotYetDue_StartsNothingEarly()
    {
        _fixture.AddNode("a");
        var task = _fixture.Arrive(delay: TimeSpan.FromSeconds(1));

        _fixture.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(_fixture.Place());
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(task.Spec.Id, Assert.Single(_fixture.Place()).Id);
    }

    [Fact]
    public void Run_OneQueueFloods_TheOtherGetsEverySecondSlot()
    {
        _fixture.AddNode("a", slots: 10);
        for (var i = 0; i < 500; i++)
            _fixture.Arrive(queue: "flood");
        for (var i = 0; i < 5; i++)
            _fixture.Arrive(queue: "other");

        var placed = _fixture.Place();
        Assert.Equal(5, placed.Count(static sent => sent.Queue == "other"));
        Assert.Equal(5, placed.Count(static sent => sent.Queue == "flood"));
    }

    [Fact]
    public void Run_HigherPriorityCame_GoesFirst()
    {
        _fixture.AddNode("a");
        _fixture.Arrive(priority: 10);
        var urgent = _fixture.Arrive(priority: 90);

        Assert.Equal(urgent.Spec.Id, Assert.Single(_fixture.Place()).Id);
    }

    [Fact]
    public void Run_PausedQueue_StartsNothing()
    {
        _fixture.AddNode("a");
        _fixture.Board.SetQueue(new QueueSettings { Name = QueueSettings.DefaultName, Paused = true });
        _fixture.Arrive();

        Assert.Empty(_fixture.Place());
    }

    [Fact]
    public void Run_QueueWithLimit_NeverExceedsIt()
    {
        _fixture.AddNode("a", slots: 10);
        _fixture.Board.SetQueue(new QueueSettings { Name = QueueSettings.DefaultName, ConcurrencyMax = 4 });
        for (var i = 0; i < 10; i++)
            _fixture.Arrive();

        var placed = _fixture.PlaceAndDeliver();
        Assert.Equal(4, placed.Count);
        var node = placed[0].Node;
        _fixture.Board.ApplyReport(node, BoardFixture.Report(node, returned: placed[0]));
        Assert.Single(_fixture.Place());
    }

    [Fact]
    public void Run_TwoDeaths_RunsAloneAmongSuspects()
    {
        var node = _fixture.AddNode("a", slots: 4);
        _fixture.Arrive(deaths: 2);
        _fixture.Arrive(deaths: 2);
        _fixture.Arrive(deaths: 1);
        _fixture.Arrive();

        var placed = _fixture.PlaceAndDeliver();
        Assert.Equal([0, 2], placed.Select(static sent => sent.Deaths).Order());

        // Once it is gone, the next of them may come, and the milder suspect still waits for a node without such.
        _fixture.Board.ApplyReport(node, BoardFixture.Report(node, recorded: new(placed.Single(static sent => sent.Deaths == 2).Id, 1, OutcomeAnswer.Recorded, StoredState.Succeeded, default)));
        Assert.Equal(2, Assert.Single(_fixture.Place()).Deaths);
    }

    [Fact]
    public void Run_SuspectAndCautiousStarts_AreStoredBeforeTheyBegin()
    {
        var node = _fixture.AddNode("a", slots: 3);
        var suspect = _fixture.Arrive(priority: 90);
        _fixture.Board.Suspects.Add(suspect.Spec.Id);
        _fixture.Arrive(priority: 80);
        _fixture.Arrive(priority: 70);
        _fixture.Board.CautiousStarts = 1;

        _fixture.Place();
        Assert.Equal([true, true, false], node.Outbox.Next(1, node.Fence)!.Dispatch.Select(static dispatch => dispatch.StoreStart));
    }

    [Fact]
    public void Run_DrainingLeavingFencingOrUnheardNodes_GetNothing()
    {
        _fixture.AddNode("a").Draining = true;
        _fixture.AddNode("b").Leaving = true;
        _fixture.AddNode("c").Fencing = true;
        _fixture.AddNode("d").Awaited = true;
        _fixture.Arrive();

        Assert.Empty(_fixture.Place());
        Assert.Equal(1, _fixture.Board.Queue(QueueSettings.DefaultName).Window.Count);
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
