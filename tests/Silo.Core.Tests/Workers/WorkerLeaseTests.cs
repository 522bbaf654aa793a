using Silo.Core.Engine;
using Silo.Core.Nodes;

namespace Silo.Core.Tests.Workers;

public sealed class WorkerLeaseTests
{
    [Fact]
    public void Worker_Started_JoinsAndAsksForTheFirstLease()
    {
        var worker = WorkerHarness.Start(options => (options.Slots, options.Weight, options.Tier) = (3, 7, NodeTier.Fallback));

        var registration = Assert.Single(worker.Door.Registrations).Registration;
        Assert.Equal(("node-1", "life-1", 3, 7, NodeTier.Fallback), (registration.Name, registration.Instance, registration.Slots, registration.Weight, registration.Tier));
        Assert.Equal(["work"], registration.Types);
        var lease = Assert.Single(worker.Door.Leases);
        Assert.Equal((1, 1), (lease.Number, lease.Incarnation));
        Assert.InRange(lease.Max, 1, NodeLimits.LeaseTasksMax);
        Assert.True(lease.Wait > TimeSpan.Zero);
    }

    [Fact]
    public void Lease_TasksArrive_RunInOrderUpToTheSlots()
    {
        var worker = WorkerHarness.Start();
        var (low, high, middle) = (worker.NewTask(priority: 1), worker.NewTask(priority: 90), worker.NewTask(priority: 50));
        worker.Offer(low, high, middle);

        Assert.Equal([high.Id, middle.Id], worker.Started);
        worker.Return(middle);
        Assert.Equal([high.Id, middle.Id, low.Id], worker.Started);
        Assert.Equal(2, worker.Handler.RunningMax);
    }

    [Fact]
    public void Lease_AnswerCame_TheNextNumberIsAskedAtOnce()
    {
        var worker = WorkerHarness.Start();
        worker.Offer(1);
        worker.Offer(1);

        Assert.Equal([1, 2, 3], worker.Door.Leases.Select(lease => lease.Number));
    }

    [Fact]
    public void Lease_AnswerWithoutTasks_DoesNotUseTheNumberUp()
    {
        var worker = WorkerHarness.Start();
        worker.Door.AnswerPoll();
        worker.Turns.Run();

        Assert.Equal([1, 1], worker.Door.Leases.Select(lease => lease.Number));
    }

    [Theory]
    [InlineData((int)Fault.LoseAnswer)]
    [InlineData((int)Fault.Hang)]
    [InlineData((int)Fault.LoseCall)]
    public void Lease_AnswerLost_RepeatsTheNumberAndRunsEachTaskOnce(int fault)
    {
        var worker = new WorkerHarness();
        var tasks = new[] { worker.NewTask(), worker.NewTask() };
        worker.Door.Offer(tasks);
        worker.Door.Break(nameof(INodeDoor.LeaseAsync), (Fault)fault);
        worker.Runtime.Start();
        worker.Advance(TimeSpan.FromSeconds(25));

        Assert.Equal([1, 1, 2], worker.Door.Leases.Select(lease => lease.Number).Take(3));
        Assert.Equal(tasks.Select(task => task.Id), worker.Started);
    }

    [Fact]
    public void Lease_NumberNotExpected_FollowsTheDoorAndSaysSo()
    {
        var worker = WorkerHarness.Start();
        worker.Door.Statuses[nameof(INodeDoor.LeaseAsync)] = DoorStatus.OutOfOrder;
        worker.Door.AnswerPoll();
        worker.Turns.Run();
        worker.Door.Statuses.Clear();
        worker.AdvanceMilliseconds(100);
        worker.Offer(1);

        Assert.Single(worker.Started);
        Assert.Contains(worker.Logs, line => line.Contains("asked for lease 1", StringComparison.Ordinal));
    }

    [Fact]
    public void Recall_TaskNotStarted_IsGivenBackAndOneThatRunsIsNot()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 1);
        var tasks = worker.Offer(2);
        worker.Door.Orders = new WorkerOrders { Recall = [tasks[0].Id, tasks[1].Id] };
        worker.Door.AnswerPoll();
        worker.Turns.Run();
        worker.Return(tasks[0]);

        Assert.Equal([new HeldAttempt(tasks[1].Id, 1, tasks[1].Dispatch)], worker.Door.Returned);
        Assert.Equal([tasks[0].Id], worker.Started);
        Assert.Equal(ExecutionEnd.Succeeded, Assert.Single(worker.Door.Reports).End);
        Assert.Equal(default, worker.Status.Held);
    }
}
