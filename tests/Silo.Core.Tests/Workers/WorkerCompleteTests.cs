using System.Text;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Tasks;
using Silo.Core.Workers;

namespace Silo.Core.Tests.Workers;

public sealed class WorkerCompleteTests
{
    [Fact]
    public void Complete_HandlerReturned_ReportsTheResultAndForgetsTheTaskWhenAnswered()
    {
        var worker = WorkerHarness.Start();
        var task = worker.Offer(1)[0];
        worker.AdvanceMilliseconds(300);
        worker.Return(task, """{"n":1}""");

        var report = Assert.Single(worker.Door.Reports);
        Assert.Equal((task.Id, 1, task.Dispatch, ExecutionEnd.Succeeded), (report.Id, report.Attempt, report.Dispatch, report.End));
        Assert.Equal("""{"n":1}""", Encoding.UTF8.GetString(report.Result.Span));
        Assert.Equal(TimeSpan.FromMilliseconds(300), report.Ran);
        Assert.Equal(default, worker.Status.Held);
        Assert.Equal([task.Id], worker.Answered.Select(answer => answer.Id));
    }

    [Theory]
    [InlineData((int)Fault.LoseAnswer)]
    [InlineData((int)Fault.LoseCall)]
    [InlineData((int)Fault.Hang)]
    public void Complete_AnswerLost_SendsTheSameAgainUntilAnswered(int fault)
    {
        var worker = WorkerHarness.Start();
        var task = worker.Offer(1)[0];
        worker.Door.Break(nameof(INodeDoor.CompleteAsync), (Fault)fault, times: 2);
        worker.Return(task);
        Assert.Equal(1, worker.Status.Held.Count);

        worker.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(3, worker.Door.Completes.Count);
        Assert.All(worker.Door.Completes, request => Assert.Equal(task.Id, Assert.Single(request.Reports).Id));
        Assert.Equal(default, worker.Status.Held);
        Assert.Equal([task.Id], worker.Started);
        Assert.Single(worker.Answered);
    }

    [Fact]
    public void Complete_AnswerWithTooFewParts_IsNoAnswer()
    {
        var worker = WorkerHarness.Start();
        var task = worker.Offer(1)[0];
        worker.Door.AnswersMissing = 1;
        worker.Return(task);
        Assert.Equal(1, worker.Status.Held.Count);
        Assert.Contains(worker.Logs, line => line.Contains("1 reports got 0 answers", StringComparison.Ordinal));

        worker.AdvanceMilliseconds(100);
        Assert.Equal(default, worker.Status.Held);
        Assert.Equal(2, worker.Door.Completes.Count);
    }

    [Fact]
    public void Complete_StoreAway_WaitsLongerEachTimeAndGoesOnRunning()
    {
        var worker = WorkerHarness.Start();
        var tasks = worker.Offer(2);
        worker.Door.Statuses[nameof(INodeDoor.CompleteAsync)] = DoorStatus.NotReady;
        worker.Return(tasks[0]);
        worker.Advance(TimeSpan.FromSeconds(4));
        // Waits of 37.5, 75, 150, 300, 600, 1200 and 1500 ms fit into 4 s.
        Assert.Equal(8, worker.Door.Completes.Count);
        Assert.Equal(1, worker.Status.Executing);

        worker.Door.Statuses.Clear();
        worker.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([tasks[0].Id], worker.Door.Reports.Select(report => report.Id));
    }

    [Fact]
    public void Complete_ManyWhileRequestsAreOut_FewRequestsAndTheRestInGroups()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 2000);
        var tasks = worker.Offer(2000);
        worker.Advance(TimeSpan.Zero);
        Assert.Equal(2000, worker.Started.Count);
        worker.Door.CompleteGate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var task in tasks.Take(WorkerLimits.CompletesInFlightMax))
            worker.Return(task);
        foreach (var task in tasks.Skip(WorkerLimits.CompletesInFlightMax))
            worker.Return(task);
        Assert.Equal(WorkerLimits.CompletesInFlightMax, worker.Door.Completes.Count);

        worker.Door.CompleteGate.SetResult();
        worker.Turns.Run();
        Assert.Equal(WorkerLimits.CompletesInFlightMax + 2, worker.Door.Completes.Count);
        Assert.All(worker.Door.Completes, request => Assert.InRange(request.Reports.Count, 1, NodeLimits.CompleteTasksMax));
        Assert.Equal(2000, worker.Door.Reports.Count);
        Assert.Equal(default, worker.Status.Held);
    }

    [Fact]
    public void Complete_HandlersReturnInOneMoment_GoOutInOneRequest()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 8);
        foreach (var task in worker.Offer(8))
            worker.Handler.Return(task.Id, "1");
        worker.Turns.Run();

        Assert.Equal(8, Assert.Single(worker.Door.Completes).Reports.Count);
    }

    [Fact]
    public void Unrecorded_AtTheBound_NothingStartsUntilAnswersCome()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 1);
        worker.Door.Statuses[nameof(INodeDoor.CompleteAsync)] = DoorStatus.NotReady;
        for (var group = 0; group < (NodeLimits.UnrecordedMax / 512) + 1; group++)
        {
            foreach (var task in worker.Offer(512))
            {
                if (worker.Started.Count > 0 && worker.Started[^1] == task.Id)
                    worker.Return(task);
            }
        }

        Assert.Equal(NodeLimits.UnrecordedMax, worker.Started.Count);
        Assert.Equal(NodeLimits.UnrecordedMax, worker.Status.Unrecorded);
        worker.Door.Statuses.Clear();
        worker.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(NodeLimits.UnrecordedMax + 1, worker.Started.Count);
    }

    [Fact]
    public void Complete_ResultTooBig_FailsForGood()
    {
        var worker = WorkerHarness.Start();
        var task = worker.Offer(1)[0];
        worker.Return(task, "\"" + new string('x', TaskLimits.ResultBytesMax) + "\"");

        var report = Assert.Single(worker.Door.Reports);
        Assert.Equal((ExecutionEnd.FailedForGood, "result_too_big"), (report.End, report.Error!.Code));
        Assert.True(report.Result.IsEmpty);
    }

    [Fact]
    public void Complete_LargeResults_AreSpreadOverRequests()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 9);
        var large = "\"" + new string('x', TaskLimits.ResultBytesMax - 2) + "\"";
        foreach (var task in worker.Offer(9))
            worker.Handler.Return(task.Id, large);
        worker.Turns.Run();

        Assert.Equal([4, 4, 1], worker.Door.Completes.Select(request => request.Reports.Count));
    }
}
