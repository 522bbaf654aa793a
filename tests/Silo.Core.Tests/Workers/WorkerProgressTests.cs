using Silo.Core.Engine;
using Silo.Core.Workers;

namespace Silo.Core.Tests.Workers;

public sealed class WorkerProgressTests
{
    [Fact]
    public void Progress_ReportedOften_IsSentAtABoundedPaceWithTheLatest()
    {
        var worker = WorkerHarness.Start();
        var task = worker.Offer(1)[0];
        for (var percent = 1; percent <= 50; percent++)
        {
            worker.Handler.Contexts[task.Id].ReportProgress(percent, $"at {percent}");
            worker.AdvanceMilliseconds(10);
        }

        worker.AdvanceMilliseconds(200);
        Assert.Equal([1.0, 20.0, 40.0, 50.0], worker.Door.Progresses.Select(request => Assert.Single(request.Items).Percent!.Value));
        Assert.Equal("at 50", worker.Door.Progresses[^1].Items[0].Message);
    }

    [Fact]
    public void Log_MoreLinesThanTheBound_TheLastAreSentInOrder()
    {
        var worker = WorkerHarness.Start();
        var context = worker.Handler.Contexts[worker.Offer(1)[0].Id];
        for (var line = 1; line <= WorkerLimits.LogLinesMax + 5; line++)
            context.Log($"line {line}");
        context.Log(new string('x', WorkerLimits.LogLineLengthMax + 1));
        worker.Turns.Run();

        var logs = Assert.Single(Assert.Single(worker.Door.Progresses).Items).Logs;
        Assert.Equal(WorkerLimits.LogLinesMax, logs.Count);
        Assert.Equal("line 7", logs[0]);
        Assert.Equal(WorkerLimits.LogLineLengthMax, logs[^1].Length);
    }

    [Fact]
    public void Progress_SendingFails_IsDroppedAndTheNextIsSent()
    {
        var worker = WorkerHarness.Start();
        var context = worker.Handler.Contexts[worker.Offer(1)[0].Id];
        worker.Door.Break(nameof(INodeDoor.ProgressAsync), Fault.LoseCall);
        context.ReportProgress(10);
        worker.AdvanceMilliseconds(1_000);
        Assert.Single(worker.Door.Progresses);
        context.ReportProgress(150);
        worker.AdvanceMilliseconds(200);

        Assert.Equal(100, worker.Door.Progresses[^1].Items[0].Percent);
    }

    [Fact]
    public void Progress_NoNumber_IsTheHandlersMistake()
    {
        var worker = WorkerHarness.Start();
        var context = worker.Handler.Contexts[worker.Offer(1)[0].Id];

        Assert.Throws<ArgumentOutOfRangeException>(() => context.ReportProgress(double.NaN));
    }

    [Fact]
    public void Context_OfAnAttempt_TellsWhatWasDispatched()
    {
        var worker = WorkerHarness.Start();
        var task = worker.Offer(1)[0];
        var context = worker.Handler.Contexts[task.Id];

        Assert.Equal((task.Id, 1, "default", "key-1"), (context.Id, context.Attempt, context.Queue, context.IdempotencyKey));
        Assert.Same(worker.Clock, context.Time);
    }
}
