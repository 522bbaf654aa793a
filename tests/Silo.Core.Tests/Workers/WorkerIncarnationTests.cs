using Silo.Core.Engine;
using Silo.Core.Nodes;

namespace Silo.Core.Tests.Workers;

public sealed class WorkerIncarnationTests
{
    [Fact]
    public void Fenced_InMidRun_CancelsForgetsAndJoinsAnew()
    {
        var worker = WorkerHarness.Start();
        var tasks = worker.Offer(3);
        worker.Door.Fence();
        worker.AdvanceMilliseconds(1_000);

        Assert.Equal(2, worker.Door.Registrations.Count);
        Assert.Equal(2, worker.Status.Incarnation);
        Assert.True(worker.Handler.Tokens[tasks[0].Id].IsCancellationRequested);
        Assert.Empty(worker.Door.Reports);
        Assert.Empty(worker.Door.Returned);
        Assert.Equal(default, worker.Status.Held);
        Assert.Equal([1L], worker.Door.Leases.Where(lease => lease.Incarnation == 2).Select(lease => lease.Number));
        Assert.Contains(worker.Logs, line => line.Contains("declared dead", StringComparison.Ordinal));
    }

    [Fact]
    public void Fenced_HandlersIgnoreTheirCancellation_TheNewIncarnationHasOnlyTheOtherSlots()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 2);
        worker.Handler.Deaf = true;
        var old = worker.Offer(1)[0];
        worker.Door.Fence();
        worker.AdvanceMilliseconds(1_000);
        var tasks = worker.Offer(2);
        Assert.Equal([old.Id, tasks[0].Id], worker.Started);
        Assert.Equal((2, 1), (worker.Status.Executing, worker.Status.Orphaned));

        worker.Return(old);
        Assert.Equal([old.Id, tasks[0].Id, tasks[1].Id], worker.Started);
        Assert.Empty(worker.Door.Reports);
        Assert.Equal(2, worker.Handler.RunningMax);
    }

    [Fact]
    public void Fenced_WithAReportUnderWay_TheReportIsNeverSentAgain()
    {
        var worker = WorkerHarness.Start();
        var task = worker.Offer(1)[0];
        worker.Door.Statuses[nameof(INodeDoor.CompleteAsync)] = DoorStatus.NotReady;
        worker.Return(task);
        worker.Door.Fence();
        worker.Advance(TimeSpan.FromSeconds(1));
        var sent = worker.Door.Completes.Count;
        worker.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(2, worker.Status.Incarnation);
        Assert.Equal(sent, worker.Door.Completes.Count);
        Assert.All(worker.Door.Completes, request => Assert.Equal(1, request.Incarnation));
    }

    [Fact]
    public void Lease_LastAnsweredBeatTooOld_NothingStartsUntilABeatIsAnswered()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 1);
        var first = worker.Offer(1)[0];
        worker.Door.Statuses[nameof(INodeDoor.BeatAsync)] = DoorStatus.NotReady;
        worker.Advance(NodeLimits.Lease + TimeSpan.FromSeconds(1));
        worker.Offer(1);
        worker.Return(first);
        Assert.Equal([first.Id], worker.Started);
        Assert.Single(worker.Door.Reports);

        worker.Door.Statuses.Clear();
        worker.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, worker.Started.Count);
    }

    [Fact]
    public void Lease_NoBeatAnswered_CountsFromTheSendingOfTheRegistration()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 1);
        worker.Door.Statuses[nameof(INodeDoor.BeatAsync)] = DoorStatus.NotReady;
        worker.Advance(NodeLimits.Lease);
        var first = worker.Offer(1)[0];
        Assert.Single(worker.Started);
        worker.Return(first);
        worker.AdvanceMilliseconds(1);
        worker.Offer(1);

        Assert.Single(worker.Started);
    }

    [Fact]
    public void Lease_BeatAnsweredLate_CountsFromItsSending()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 1);
        var first = worker.Offer(1)[0];
        worker.Door.BeatGate = new TaskCompletionSource();
        worker.AdvanceMilliseconds(1_000);
        worker.Door.Break(nameof(INodeDoor.BeatAsync), Fault.LoseCall, times: 1_000);
        var gate = worker.Door.BeatGate;
        worker.Door.BeatGate = null;
        worker.AdvanceMilliseconds(1_900);
        gate.SetResult();
        // Sent 1 s after the start and answered 1.9 s later, so the lease runs to the sixth second.
        worker.AdvanceMilliseconds(3_100);
        worker.Return(first);
        var second = worker.Offer(1)[0];
        Assert.Equal([first.Id, second.Id], worker.Started);

        worker.AdvanceMilliseconds(1);
        worker.Return(second);
        worker.Offer(1);
        Assert.Equal(2, worker.Started.Count);
    }

    [Fact]
    public void Join_NameInUse_KeepsTryingAndSaysSoOnce()
    {
        var worker = new WorkerHarness();
        worker.Door.Statuses[nameof(INodeDoor.RegisterAsync)] = DoorStatus.NameInUse;
        worker.Runtime.Start();
        worker.Advance(TimeSpan.FromSeconds(10));
        Assert.InRange(worker.Door.Registrations.Count, 8, 12);
        Assert.Single(worker.Logs, line => line.Contains("another living process has this name", StringComparison.Ordinal));

        worker.Door.Statuses.Clear();
        worker.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, worker.Status.Incarnation);
    }

    [Fact]
    public void Join_ServerAway_KeepsTryingWithOneInstance()
    {
        var worker = new WorkerHarness();
        worker.Door.Break(nameof(INodeDoor.RegisterAsync), Fault.LoseCall, times: 2);
        worker.Door.Break(nameof(INodeDoor.RegisterAsync), Fault.LoseAnswer);
        worker.Runtime.Start();
        worker.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(2, worker.Door.Registrations.Count);
        Assert.Single(worker.Door.Registrations.Select(request => request.Registration.Instance).Distinct());
        Assert.Single(worker.Logs, line => line.Contains("gets no answer", StringComparison.Ordinal));
        Assert.Single(worker.Logs, line => line.Contains("answered by its server again", StringComparison.Ordinal));
    }

    [Fact]
    public void Beat_EveryInterval_CarriesLoadRunsAndDigest()
    {
        var worker = WorkerHarness.Start();
        var tasks = worker.Offer(3);
        worker.AdvanceMilliseconds(500);
        worker.Return(tasks[0]);
        worker.AdvanceMilliseconds(1_500);

        Assert.Equal(3, worker.Door.Beats.Count);
        var beat = worker.Door.Beats[^1];
        Assert.Equal(new NodeLoad(12, 34), beat.Load);
        Assert.Equal((2, 1L), (beat.Running, beat.LastLease));
        Assert.Equal(new RunningExecution(tasks[1].Id, 1, TimeSpan.FromSeconds(2)), Assert.Single(beat.Started, started => started.Id == tasks[1].Id));
        Assert.Equal(2, beat.Started.Count);
        Assert.Equal(default(HeldDigest).With(tasks[1].Id, 1).With(tasks[2].Id, 1), beat.Held);
    }
}
