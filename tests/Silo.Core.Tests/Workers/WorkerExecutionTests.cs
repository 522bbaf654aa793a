using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Tasks;

namespace Silo.Core.Tests.Workers;

public sealed class WorkerExecutionTests
{
    public static readonly TheoryData<Exception, int, string, string> Failures = new()
    {
        { new TaskFailedException("no_such_file", "gone", retry: true), (int)ExecutionEnd.Failed, "no_such_file", "gone" },
        { new TaskFailedException("no_such_file", "gone", retry: false), (int)ExecutionEnd.FailedForGood, "no_such_file", "gone" },
        { new IOException("disk"), (int)ExecutionEnd.Failed, "handler_failed", "IOException: disk" },
        { new OperationCanceledException("own time-out"), (int)ExecutionEnd.Failed, "handler_failed", "OperationCanceledException: own time-out" },
        { new TaskFailedException("c", "a\0b\ud800c", retry: true), (int)ExecutionEnd.Failed, "c", "a\ufffdb\ufffdc" },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void Handler_Throws_IsReportedWithItsCode(Exception failure, int end, string code, string message)
    {
        var worker = WorkerHarness.Start();
        worker.Throw(worker.Offer(1)[0], failure);

        var report = Assert.Single(worker.Door.Reports);
        Assert.Equal(((ExecutionEnd)end, code, message), (report.End, report.Error!.Code, report.Error.Message));
    }

    [Fact]
    public void Handler_FailsWithALongText_TheTextIsCut()
    {
        var worker = WorkerHarness.Start();
        worker.Throw(worker.Offer(1)[0], new TaskFailedException(new string('é', TaskLimits.ErrorMessageLengthMax + 1)));

        Assert.Equal(TaskLimits.ErrorMessageLengthMax, Assert.Single(worker.Door.Reports).Error!.Message.Length);
    }

    [Fact]
    public void Handler_NotHere_FailsAndMayBeRetriedElsewhere()
    {
        var worker = WorkerHarness.Start();
        worker.Offer(worker.NewTask(type: "other"));

        var report = Assert.Single(worker.Door.Reports);
        Assert.Equal((ExecutionEnd.Failed, "no_handler"), (report.End, report.Error!.Code));
    }

    [Fact]
    public void Timeout_HandlerHears_IsReportedAtTheDeadlineAndTheSlotIsFree()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 1);
        var tasks = worker.Offer(2, timeout: TimeSpan.FromMilliseconds(700));
        worker.AdvanceMilliseconds(699);
        Assert.Empty(worker.Ended);
        worker.AdvanceMilliseconds(1);

        var report = Assert.Single(worker.Ended);
        Assert.Equal((tasks[0].Id, ExecutionEnd.TimedOut, "timeout", TimeSpan.FromMilliseconds(700)), (report.Id, report.End, report.Error!.Code, report.Ran));
        Assert.Equal(tasks.Select(task => task.Id), worker.Started);
    }

    [Fact]
    public void Timeout_HandlerIgnoresIt_KeepsItsSlotAndItsLateResultIsDropped()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 1);
        worker.Handler.Deaf = true;
        var tasks = worker.Offer(2, timeout: TimeSpan.FromMilliseconds(700));
        worker.AdvanceMilliseconds(10_000);
        Assert.Equal(ExecutionEnd.TimedOut, Assert.Single(worker.Door.Reports).End);
        Assert.Equal((1, 1, 1), (worker.Status.Executing, worker.Status.Orphaned, worker.Status.Queued));
        Assert.Equal(1, worker.Door.Beats[^1].Running);

        worker.Return(tasks[0]);
        Assert.Single(worker.Door.Reports);
        Assert.Equal([tasks[0].Id, tasks[1].Id], worker.Started);
        Assert.Equal((1, 0), (worker.Status.Executing, worker.Status.Orphaned));
    }

    [Fact]
    public void Timeout_EarlierOnesEndFirst_EachIsKept()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 3);
        var slow = worker.Offer(1, timeout: TimeSpan.FromSeconds(3))[0];
        var quick = worker.Offer(1, timeout: TimeSpan.FromSeconds(1))[0];
        var middle = worker.Offer(1, timeout: TimeSpan.FromSeconds(2))[0];
        worker.Return(quick);
        worker.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal([(quick.Id, ExecutionEnd.Succeeded), (middle.Id, ExecutionEnd.TimedOut), (slow.Id, ExecutionEnd.TimedOut)], worker.Ended.Select(report => (report.Id, report.End)));
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)], worker.Ended.Select(report => report.Ran));
    }

    [Fact]
    public void Cancel_HandlerStops_IsReportedCancelled()
    {
        var worker = WorkerHarness.Start(options => options.Slots = 1);
        var tasks = worker.Offer(2);
        Cancel(worker, tasks[0].Id, tasks[1].Id);

        Assert.Equal((tasks[0].Id, ExecutionEnd.Cancelled), (Assert.Single(worker.Door.Reports).Id, worker.Door.Reports[0].End));
        Assert.Equal([tasks[1].Id], worker.Door.Returned.Select(held => held.Id));
        Assert.Equal([tasks[0].Id], worker.Started);
    }

    [Fact]
    public void Cancel_HandlerFinishesAllTheSame_ItsResultCounts()
    {
        var worker = WorkerHarness.Start();
        worker.Handler.Deaf = true;
        var task = worker.Offer(1)[0];
        Cancel(worker, task.Id);
        worker.AdvanceMilliseconds(9_000);
        worker.Return(task);

        Assert.Equal(ExecutionEnd.Succeeded, Assert.Single(worker.Door.Reports).End);
    }

    [Fact]
    public void Cancel_HandlerIgnoresItPastTheGrace_IsReportedCancelledAndKeepsItsSlot()
    {
        var worker = WorkerHarness.Start();
        worker.Handler.Deaf = true;
        var task = worker.Offer(1)[0];
        Cancel(worker, task.Id);
        worker.AdvanceMilliseconds(9_999);
        Assert.Empty(worker.Door.Reports);
        worker.AdvanceMilliseconds(1);

        Assert.Equal(ExecutionEnd.Cancelled, Assert.Single(worker.Door.Reports).End);
        Assert.Equal(1, worker.Status.Orphaned);
        Assert.Contains(worker.Logs, line => line.Contains("keeps its slot", StringComparison.Ordinal));
    }

    [Fact]
    public void Cancel_TimeoutWithinTheGrace_EndsAtTheTimeoutAsCancelled()
    {
        var worker = WorkerHarness.Start();
        worker.Handler.Deaf = true;
        var task = worker.Offer(1, timeout: TimeSpan.FromSeconds(3))[0];
        Cancel(worker, task.Id);
        worker.AdvanceMilliseconds(3_000);

        Assert.Equal(ExecutionEnd.Cancelled, Assert.Single(worker.Door.Reports).End);
    }

    [Fact]
    public void Cancel_WhatTheHandlerRegisteredThrows_TheWorkerGoesOn()
    {
        var worker = WorkerHarness.Start();
        var task = worker.Offer(1)[0];
        worker.Handler.Tokens[task.Id].Register(() => throw new InvalidOperationException("careless"));
        Cancel(worker, task.Id);

        Assert.Equal(ExecutionEnd.Cancelled, Assert.Single(worker.Door.Reports).End);
        Assert.Contains(worker.Logs, line => line.Contains("registered for its cancellation", StringComparison.Ordinal));
        Assert.False(worker.Runtime.Completion.IsCompleted);
    }

    private static void Cancel(WorkerHarness worker, params TaskId[] ids)
    {
        worker.Door.Orders = new WorkerOrders { Cancel = ids };
        worker.Door.AnswerPoll();
        worker.Turns.Run();
        worker.Door.Orders = WorkerOrders.None;
    }
}
