using Silo.Core.Engine;

namespace Silo.Core.Tests.Workers;

public sealed class WorkerAdoptionTests
{
    [Fact]
    public void Adoption_DoorIsNew_IsToldEverythingHeldAndLeasesBeginAgain()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 2);
        var tasks = worker.Offer(4);
        worker.Door.Forget();
        worker.Return(tasks[0]);
        worker.AdvanceMilliseconds(1_000);

        var inventory = Assert.Single(worker.Door.Inventories);
        Assert.Equal((1, 1, "node-1"), (inventory.Incarnation, inventory.Number, inventory.Registration.Name));
        Assert.Equal(
            [(tasks[0].Id, true), (tasks[1].Id, false), (tasks[2].Id, false), (tasks[3].Id, false)],
            inventory.Held.Select(held => (held.Task.Id, held.Returned)).Order());
        Assert.All(inventory.Held, held => Assert.True(held.Task.Payload.IsEmpty));
        Assert.Equal([tasks[0].Id], worker.Door.Reports.Select(report => report.Id));

        var leasesBefore = worker.Door.Leases.Count;
        worker.Door.AnswerPoll();
        worker.Turns.Run();
        Assert.Equal(1, worker.Door.Leases[leasesBefore].Number);
        worker.Offer(1);
        Assert.Equal(2, worker.Door.Leases[^1].Number);
    }

    [Fact]
    public void Adoption_LeaseAnswerOfTheFormerDoorComesLate_IsDroppedWithItsTasks()
    {
        var worker = WorkerHarness.Start();
        worker.Offer(1);
        // The beat hears of the new door first, while a poll of the former one is still out.
        worker.Door.Statuses[nameof(INodeDoor.BeatAsync)] = DoorStatus.InventoryWanted;
        worker.AdvanceMilliseconds(1_000);
        Assert.Single(worker.Door.Inventories);
        var late = worker.Offer(1)[0];

        Assert.DoesNotContain(late.Id, worker.Started);
        Assert.Equal(1, worker.Door.Leases[^1].Number);
        Assert.Equal(1, worker.Status.Held.Count);
    }

    [Fact]
    public void Adoption_AnswerLost_TellsAgainUnderAHigherNumber()
    {
        var worker = WorkerHarness.Start();
        worker.Offer(1);
        worker.Door.Forget();
        worker.Door.Break(nameof(INodeDoor.AdoptAsync), Fault.LoseCall);
        worker.Door.Break(nameof(INodeDoor.AdoptAsync), Fault.LoseAnswer);
        worker.AdvanceMilliseconds(2_000);

        Assert.Equal([1L, 2L, 3L], worker.Door.Inventories.Select(inventory => inventory.Number));
    }

    [Fact]
    public void Adoption_GiveBackUnanswered_IsNotNamedAndNotSentAgain()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 1);
        var tasks = worker.Offer(2);
        worker.Door.Break(nameof(INodeDoor.CompleteAsync), Fault.LoseCall);
        worker.Door.Orders = new WorkerOrders { Recall = [tasks[1].Id] };
        worker.Door.AnswerPoll();
        worker.Turns.Run();
        worker.Door.Orders = WorkerOrders.None;
        worker.Door.Forget();
        worker.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([tasks[0].Id], Assert.Single(worker.Door.Inventories).Held.Select(held => held.Task.Id));
        Assert.Empty(worker.Door.Returned);
        Assert.Equal(1, worker.Status.Held.Count);
    }

    [Fact]
    public void Adoption_Fenced_JoinsAnew()
    {
        var worker = WorkerHarness.Start();
        worker.Offer(1);
        worker.Door.Forget();
        worker.Door.Statuses[nameof(INodeDoor.AdoptAsync)] = DoorStatus.Fenced;
        worker.AdvanceMilliseconds(1_000);

        Assert.Equal(2, worker.Status.Incarnation);
        Assert.Equal(0, worker.Status.Held.Count);
    }

    [Fact]
    public void Adoption_WantedWhileRunning_RunningTasksGoOn()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 1);
        var tasks = worker.Offer(2);
        worker.Door.Forget();
        worker.Door.Statuses[nameof(INodeDoor.AdoptAsync)] = DoorStatus.NotReady;
        worker.AdvanceMilliseconds(2_000);
        worker.Return(tasks[0]);
        Assert.Equal(tasks.Select(task => task.Id), worker.Started);
        Assert.False(worker.Handler.Tokens[tasks[1].Id].IsCancellationRequested);
        Assert.Empty(worker.Door.Reports);

        worker.Door.Statuses.Remove(nameof(INodeDoor.AdoptAsync));
        worker.AdvanceMilliseconds(3_000);
        Assert.Equal([tasks[0].Id], worker.Door.Reports.Select(report => report.Id));
    }
}
