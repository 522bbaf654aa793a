using Silo.Core.Engine;
using Silo.Core.Queues;
using Silo.Core.Scheduling;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Core.Tests.Scheduling;

public sealed class SchedulerBoardTests
{
    private readonly BoardFixture _fixture = new();

    private SchedulerBoard Board => _fixture.Board;

    [Fact]
    public void Freed_SlotIsFree_TaskIsStillHeld()
    {
        var (node, sent) = PlaceOne();
        Board.ApplyReport(node, BoardFixture.Report(node, freed: sent, ran: TimeSpan.FromMilliseconds(5)));

        Assert.Equal(0, node.Occupied);
        Assert.True(Board.IsHeld(sent.Id));
        Assert.Equal(TimeSpan.FromMilliseconds(5), Board.Durations.Of("echo"));
    }

    [Fact]
    public void Returned_OfAnEarlierSending_ChangesNothing()
    {
        var (node, sent) = PlaceOne();
        var earlier = new Assignment { Id = sent.Id, Attempt = sent.Attempt, Dispatch = sent.Dispatch - 1, Queue = sent.Queue, Type = sent.Type, Node = node };
        Board.ApplyReport(node, BoardFixture.Report(node, returned: earlier));

        Assert.True(Board.Assignments.ContainsKey(sent.Id));
    }

    [Fact]
    public void Recorded_Retry_WaitsAsTheNextAttempt()
    {
        var (node, sent) = PlaceOne(delivered: true);
        var due = _fixture.Now + TimeSpan.FromSeconds(3);
        Board.ApplyReport(node, BoardFixture.Report(node, recorded: new RecordedOutcome(sent.Id, 1, OutcomeAnswer.Recorded, StoredState.Waiting, due)));

        Assert.Empty(_fixture.Place());
        _fixture.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(2, Assert.Single(_fixture.Place()).Attempt);
    }

    [Fact]
    public void Recorded_SettledElsewhere_IsReadBackNotBelieved()
    {
        var (node, sent) = PlaceOne();
        Board.ApplyReport(node, BoardFixture.Report(node, recorded: new RecordedOutcome(sent.Id, 1, OutcomeAnswer.Settled, StoredState.Waiting, default)));

        Assert.Contains(sent.Id, Board.ToReadBack);
        Assert.Empty(_fixture.Place());
    }

    [Fact]
    public void Cancel_InMemory_IsFinalisedAndNeverPlaced()
    {
        _fixture.AddNode("a");
        var task = _fixture.Arrive();
        Board.Cancel([task.Spec.Id]);

        Assert.Empty(_fixture.Place());
        Assert.Contains(task.Spec.Id, Board.ToFinalise);
        Board.Arrive(task);
        Assert.Empty(_fixture.Place());
    }

    [Fact]
    public void Cancel_SentToANode_WaitsForTheNodesAnswer()
    {
        var (node, sent) = PlaceOne(delivered: true);
        Board.Cancel([sent.Id]);

        Assert.DoesNotContain(sent.Id, Board.ToFinalise);
        Assert.Equal([sent.Id], node.Outbox.Next(1, node.Fence)!.Cancel);
        Board.ApplyReport(node, BoardFixture.Report(node, returned: sent));
        Assert.Contains(sent.Id, Board.ToFinalise);
    }

    [Fact]
    public void NodeGone_EverythingItHeldIsReadBackAndSuspect()
    {
        var (node, sent) = PlaceOne();
        Board.NodeGone(node, [], FenceReason.Died);

        Assert.Contains(sent.Id, Board.ToReadBack);
        Assert.Contains(sent.Id, Board.Suspects);
        Assert.Empty(Board.Nodes);
        Board.ReadingBack();
        Board.ApplyReadBack([new TaskSnapshot(sent.Task!, StoredState.Waiting, default)]);
        _fixture.AddNode("b");
        Assert.Equal("b", Assert.Single(_fixture.Place()).Node.Name);
    }

    [Fact]
    public void ReadBack_TaskLeftMeanwhile_DoesNotComeBack()
    {
        var (node, sent) = PlaceOne();
        Board.ReadingBack();
        Board.ApplyReport(node, BoardFixture.Report(node, recorded: new RecordedOutcome(sent.Id, 1, OutcomeAnswer.Recorded, StoredState.Succeeded, default)));
        Board.ApplyReadBack([new TaskSnapshot(sent.Task!, StoredState.Waiting, default)]);

        Assert.Empty(_fixture.Place());
    }

    [Fact]
    public void ReadBack_TaskLeftMeanwhileAndWaitsAgain_IsReadOnceMore()
    {
        var (node, sent) = PlaceOne(delivered: true);
        var retried = new TaskSnapshot(sent.Task! with { Attempt = 2 }, StoredState.Waiting, default);
        Board.ReadingBack();
        Board.ApplyReport(node, BoardFixture.Report(node, recorded: new RecordedOutcome(sent.Id, 1, OutcomeAnswer.Recorded, StoredState.Cancelled, default)));
        Board.ApplyReadBack([retried]);
        Assert.Empty(_fixture.Place());
        Assert.Equal([sent.Id], Board.ToReadBack);

        Board.ReadingBack();
        Board.ApplyReadBack([retried]);

        Assert.Equal(2, Assert.Single(_fixture.Place()).Attempt);
    }

    [Fact]
    public void NodeGone_LimitedQueue_WaitsForLeaseAndGrace()
    {
        Board.SetQueue(new QueueSettings { Name = QueueSettings.DefaultName, ConcurrencyMax = 1 });
        var (node, sent) = PlaceOne();
        var waiting = _fixture.Arrive();
        _fixture.AddNode("b");
        Board.NodeGone(node, [], FenceReason.Died);

        Board.ReleaseQuarantine();
        Assert.Empty(_fixture.Place());
        _fixture.Time.Advance(_fixture.Options.Lease + _fixture.Options.LimitedGrace);
        Board.ReleaseQuarantine();
        Assert.Contains(sent.Id, Board.ToReadBack);
        Assert.Equal(waiting.Spec.Id, Assert.Single(_fixture.Place()).Id);
    }

    [Fact]
    public void Reconcile_SameLifeLacksTheTask_IsReadBack()
    {
        var (node, sent) = PlaceOne();
        var commands = node.Outbox.Next(1, node.Fence)!;
        node.Outbox.Acknowledge(commands);
        Board.Reconcile(node, Inventory(node, lastCommand: commands.Number));

        Assert.Contains(sent.Id, Board.ToReadBack);
        Assert.Equal(0, node.Occupied);
        Assert.Equal(default, node.Held);
    }

    [Fact]
    public void Reconcile_CommandUnderWay_MayStillArrive()
    {
        var (node, sent) = PlaceOne();
        node.Outbox.Next(1, node.Fence);
        Board.Reconcile(node, Inventory(node, lastCommand: 0));

        Assert.True(Board.Assignments.ContainsKey(sent.Id));
    }

    [Fact]
    public void Reconcile_UnknownTaskOnNode_IsTakenOver()
    {
        var node = _fixture.AddNode("a", slots: 2);
        var task = _fixture.Task();
        var held = new HeldTask(task.Spec.Id, 1, 77, "default", "echo", HeldPhase.Leased);
        var foreign = Board.Reconcile(node, Inventory(node, lastCommand: 0, held));

        Assert.Empty(foreign);
        Assert.Equal(1, node.Occupied);
        Board.Arrive(task);
        Assert.Empty(_fixture.Place());
    }

    private static NodeInventory Inventory(NodeState node, long lastCommand, params HeldTask[] held) => new()
    {
        Fence = node.Fence,
        Epoch = 1,
        Activation = node.Outbox.Activation,
        LastCommand = lastCommand,
        LastReport = 0,
        Known = true,
        Held = held,
    };

    private (NodeState Node, Assignment Sent) PlaceOne(bool delivered = false)
    {
        var node = _fixture.AddNode("a");
        _fixture.Arrive();
        return (node, Assert.Single(delivered ? _fixture.PlaceAndDeliver() : _fixture.Place()));
    }
}
