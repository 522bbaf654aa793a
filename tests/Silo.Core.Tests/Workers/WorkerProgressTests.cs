using Silo.Core.Engine;
using Silo.Core.Tasks;
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
        for (var line = 1; line <= LogTail.LinesMax + 5; line++)
            context.Log($"line {line}");
        context.Log(new string('x', WorkerLimits.LogLineLengthMax + 1));
        worker.Turns.Run();

        var said = Assert.Single(Assert.Single(worker.Door.Progresses).Items);
        Assert.Equal((LogTail.LinesMax, 6), (said.Logs.Count, said.LogsDropped));
        Assert.Equal("line 7", said.Logs[0]);
        Assert.Equal(WorkerLimits.LogLineLengthMax, said.Logs[^1].Length);
    }

    [Fact]
    public void Progress_HundredThousandReports_LeaveOneOfBoundedSize()
    {
        var progress = new WorkerProgress();
        for (var report = 0; report < 100_000; report++)
        {
            progress.Report(Attempt(1), report / 1000d, new string('m', 10_000));
            progress.Log(Attempt(1), new string('l', 10_000));
        }

        var said = Assert.Single(progress.Take());
        Assert.Equal((99.999, WorkerLimits.LogLineLengthMax), (said.Percent, said.Message!.Length));
        Assert.InRange(said.Logs.Sum(line => line.Length), 1, LogTail.CharactersMax);
        Assert.Equal(100_000, said.LogsDropped + said.Logs.Count);
        Assert.Empty(progress.Take());
    }

    [Fact]
    public void Progress_OfManyTasks_IsBoundedOverAllOfThem()
    {
        var progress = new WorkerProgress();
        var tasks = (WorkerLimits.ProgressCharactersMax / LogTail.CharactersMax) + 10;
        for (var task = 1; task <= tasks; task++)
        {
            for (var line = 0; line < LogTail.LinesMax; line++)
                progress.Log(Attempt(task), new string('l', WorkerLimits.LogLineLengthMax));
            progress.Report(Attempt(task), task, new string('m', WorkerLimits.LogLineLengthMax));
        }

        var said = progress.Take();
        Assert.Equal(tasks, said.Count);
        Assert.InRange(said.Sum(one => (one.Message?.Length ?? 0) + one.Logs.Sum(line => line.Length)), WorkerLimits.ProgressCharactersMax - LogTail.CharactersMax, WorkerLimits.ProgressCharactersMax);
        Assert.All(said, one => Assert.Equal(LogTail.LinesMax, one.Logs.Count + one.LogsDropped));
        Assert.Equal((double)tasks, said[^1].Percent);
    }

    [Fact]
    public void Progress_OfMoreAttemptsThanARequestTakes_IsLeftOut()
    {
        var progress = new WorkerProgress();
        for (var task = 1; task <= WorkerLimits.ProgressItemsMax + 1; task++)
            progress.Report(Attempt(task), 1, null);
        progress.Log(Attempt(WorkerLimits.ProgressItemsMax + 1), "one too many");
        progress.Log(Attempt(1), "known");

        var said = progress.Take();
        Assert.Equal(WorkerLimits.ProgressItemsMax, said.Count);
        Assert.Equal(["known"], said[0].Logs);
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

    private static HeldAttempt Attempt(int task) => new(TaskId.Parse($"01890000-0000-7000-8000-{task:x12}"), 1, 1);

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
