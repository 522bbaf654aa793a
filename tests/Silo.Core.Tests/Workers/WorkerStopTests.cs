using Silo.Core.Engine;
using Silo.Core.Nodes;

namespace Silo.Core.Tests.Workers;

public sealed class WorkerStopTests
{
    [Fact]
    public void Stop_NothingHeld_LeavesAtOnce()
    {
        var worker = WorkerHarness.Start();
        var stopped = Stop(worker, seconds: 20);

        Assert.True(stopped.IsCompletedSuccessfully);
        Assert.Equal(1, worker.Door.Leaves);
        Assert.Contains(worker.Logs, line => line.Contains("left in order", StringComparison.Ordinal));
    }

    [Fact]
    public void Stop_TasksHeld_UnstartedGoBackAtOnceAndRunningOnesEnd()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 1);
        var tasks = worker.Offer(3);
        var stopped = Stop(worker, seconds: 20);
        Assert.Equal([tasks[1].Id, tasks[2].Id], worker.Door.Returned.Select(held => held.Id));
        Assert.False(stopped.IsCompleted);
        worker.Advance(TimeSpan.FromSeconds(19));
        Assert.False(worker.Handler.Tokens[tasks[0].Id].IsCancellationRequested);

        worker.Return(tasks[0]);
        worker.AdvanceMilliseconds(100);
        Assert.True(stopped.IsCompletedSuccessfully);
        Assert.Equal(ExecutionEnd.Succeeded, Assert.Single(worker.Door.Reports).End);
    }

    [Fact]
    public void Stop_GraceOver_RunningTasksAreReleased()
    {
        var worker = WorkerHarness.Start();
        var task = worker.Offer(1)[0];
        var stopped = Stop(worker, seconds: 5);
        worker.AdvanceMilliseconds(4_999);
        Assert.Empty(worker.Ended);
        worker.AdvanceMilliseconds(200);

        Assert.True(stopped.IsCompletedSuccessfully);
        var report = Assert.Single(worker.Door.Reports);
        Assert.Equal((task.Id, ExecutionEnd.Released), (report.Id, report.End));
    }

    [Fact]
    public void Stop_HandlerIgnoresTheRelease_IsReleasedWithoutIt()
    {
        var worker = WorkerHarness.Start();
        worker.Handler.Deaf = true;
        worker.Offer(1);
        var stopped = Stop(worker, seconds: 5);
        worker.AdvanceMilliseconds(14_999);
        Assert.False(stopped.IsCompleted);
        worker.AdvanceMilliseconds(1_500);

        Assert.True(stopped.IsCompletedSuccessfully);
        Assert.Equal(ExecutionEnd.Released, Assert.Single(worker.Door.Reports).End);
    }

    [Fact]
    public void Stop_TimeoutWithinTheCancelGrace_IsATimeout()
    {
        var worker = WorkerHarness.Start();
        worker.Handler.Deaf = true;
        worker.Offer(1, timeout: TimeSpan.FromSeconds(8));
        Stop(worker, seconds: 5);
        worker.AdvanceMilliseconds(8_000);

        Assert.Equal(ExecutionEnd.TimedOut, Assert.Single(worker.Door.Reports).End);
    }

    [Fact]
    public void Stop_LeaseAnswerWithTasksStillToCome_GivesThemBackUnstarted()
    {
        var worker = WorkerHarness.Start();
        worker.Door.Break(nameof(INodeDoor.LeaseAsync), Fault.LoseAnswer);
        worker.Door.AnswerPoll();
        var task = worker.NewTask();
        worker.Door.Offer(task);
        worker.Turns.Run();
        Assert.Equal([task.Id], worker.Door.Held);
        var stopped = Stop(worker, seconds: 5);
        worker.AdvanceMilliseconds(1_000);

        Assert.Empty(worker.Started);
        Assert.Equal([task.Id], worker.Door.Returned.Select(held => held.Id));
        Assert.True(stopped.IsCompletedSuccessfully);
    }

    [Fact]
    public void Stop_NotYetJoined_EndsAtOnce()
    {
        var worker = new WorkerHarness();
        worker.Door.Statuses[nameof(INodeDoor.RegisterAsync)] = DoorStatus.NotReady;
        worker.Runtime.Start();
        worker.AdvanceMilliseconds(500);

        Assert.True(Stop(worker, seconds: 5).IsCompletedSuccessfully);
        Assert.Equal(0, worker.Door.Leaves);
    }

    [Fact]
    public void Stop_ServerSilentForLongerThanTheLease_GivesUpAndSaysWhatIsLeft()
    {
        var worker = WorkerHarness.Start();
        var task = worker.Offer(1)[0];
        foreach (var call in new[] { nameof(INodeDoor.BeatAsync), nameof(INodeDoor.CompleteAsync), nameof(INodeDoor.LeaveAsync), nameof(INodeDoor.LeaseAsync) })
            worker.Door.Break(call, Fault.LoseCall, times: 1000);
        var stopped = Stop(worker, seconds: 20);
        worker.Return(task);
        worker.Advance(NodeLimits.Lease + TimeSpan.FromSeconds(2));

        Assert.True(stopped.IsCompletedSuccessfully);
        Assert.Contains(worker.Logs, line => line.Contains("1 tasks without a recorded outcome", StringComparison.Ordinal));
    }

    [Fact]
    public void Stop_CallerWaitsNoLonger_EndsWithoutFurtherCalls()
    {
        var worker = WorkerHarness.Start();
        var task = worker.Offer(1)[0];
        using var waiting = new CancellationTokenSource();
        var stopped = worker.Stop(TimeSpan.FromMinutes(1), waiting.Token);
        waiting.Cancel();
        worker.Turns.Run();

        Assert.True(stopped.IsCompletedSuccessfully);
        Assert.True(worker.Handler.Tokens[task.Id].IsCancellationRequested);
        Assert.Empty(worker.Door.Reports);
    }

    [Fact]
    public void Stop_Fenced_DoesNotJoinAgain()
    {
        var worker = WorkerHarness.Start();
        worker.Offer(1);
        var stopped = Stop(worker, seconds: 20);
        worker.Door.Fence();
        worker.AdvanceMilliseconds(2_000);

        Assert.True(stopped.IsCompletedSuccessfully);
        Assert.Single(worker.Door.Registrations);
    }

    [Fact]
    public void Stop_PollHearsOfTheEndBeforeTheLeavingIsAnswered_HasLeftAllTheSame()
    {
        var worker = WorkerHarness.Start();
        worker.Door.Break(nameof(INodeDoor.LeaveAsync), Fault.LoseAnswer);
        var stopped = Stop(worker, seconds: 20);
        worker.Door.Fence();
        worker.Door.AnswerPoll();
        worker.Turns.Run();

        Assert.True(stopped.IsCompletedSuccessfully);
        Assert.Contains(worker.Logs, line => line.Contains("left in order", StringComparison.Ordinal));
    }

    [Fact]
    public void Observer_Throws_TheWorkerEndsAndSaysWhy()
    {
        var worker = WorkerHarness.Start();
        worker.StartedThrows = true;
        worker.Offer(1);

        var failure = Assert.IsType<InvalidOperationException>(worker.Runtime.Completion.Exception!.InnerException);
        Assert.Contains("ledger is full", failure.Message, StringComparison.Ordinal);
    }

    private static Task Stop(WorkerHarness worker, int seconds) => worker.Stop(TimeSpan.FromSeconds(seconds), CancellationToken.None);
}
