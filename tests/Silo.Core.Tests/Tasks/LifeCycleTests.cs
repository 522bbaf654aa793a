using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Core.Tests.Queues;

namespace Silo.Core.Tests.Tasks;

public sealed class LifeCycleTests
{
    private static readonly RetryPolicy ThreeAttempts = new() { AttemptsMax = 3, BackoffInitial = TimeSpan.FromSeconds(10), Jitter = 0 };
    private static readonly DateTimeOffset Now = Waiting.Start.AddTicks(12_345);

    [Fact]
    public void Decide_Succeeded_KeepsTheResultAndTheTimes()
    {
        var outcome = Decide(Report(ExecutionEnd.Succeeded) with { Result = "42"u8.ToArray(), Error = new TaskError("x", "ignored") });

        Assert.Equal(OutcomeKind.Succeeded, outcome.Kind);
        Assert.Equal("42"u8, outcome.Result.Span);
        Assert.Null(outcome.Error);
        Assert.Equal((Waiting.Id(1), 1, Waiting.Start, Now), (outcome.Id, outcome.Attempt, outcome.StartedAt, outcome.FinishedAt));
    }

    [Fact]
    public void Decide_ResultTooLarge_FailsForGood()
    {
        var limit = Decide(Report(ExecutionEnd.Succeeded) with { Result = new byte[TaskLimits.ResultBytesMax] });
        var above = Decide(Report(ExecutionEnd.Succeeded) with { Result = new byte[TaskLimits.ResultBytesMax + 1] });

        Assert.Equal(OutcomeKind.Succeeded, limit.Kind);
        Assert.Equal((OutcomeKind.Failed, "result_too_large", 0), (above.Kind, above.Error?.Code, above.Result.Length));
    }

    [Theory]
    [InlineData(ExecutionEnd.Failed, "handler_failed")]
    [InlineData(ExecutionEnd.TimedOut, "timeout")]
    public void Decide_AttemptsLeft_RetriesAfterTheBackoffInWholeMilliseconds(ExecutionEnd end, string code)
    {
        var outcome = Decide(Report(end, attempt: 2));

        Assert.Equal(OutcomeKind.Retry, outcome.Kind);
        Assert.Equal(code, outcome.Error!.Code);
        Assert.Equal(Waiting.Start.AddSeconds(20).AddMilliseconds(2), outcome.RunAt);
    }

    [Theory]
    [InlineData(ExecutionEnd.Failed)]
    [InlineData(ExecutionEnd.TimedOut)]
    public void Decide_LastAttempt_Fails(ExecutionEnd end)
    {
        Assert.Equal(OutcomeKind.Failed, Decide(Report(end, attempt: 3)).Kind);
        Assert.Equal(OutcomeKind.Failed, Decide(Report(end, attempt: 4)).Kind);
        Assert.Equal(default, Decide(Report(end, attempt: 3)).RunAt);
    }

    [Fact]
    public void Decide_FailedForGood_FailsWithAttemptsLeft()
    {
        var outcome = Decide(Report(ExecutionEnd.FailedForGood) with { Error = new TaskError("bad_payload", "no path") });

        Assert.Equal((OutcomeKind.Failed, "bad_payload"), (outcome.Kind, outcome.Error?.Code));
    }

    [Theory]
    [InlineData(ExecutionEnd.Cancelled, OutcomeKind.Cancelled)]
    [InlineData(ExecutionEnd.Released, OutcomeKind.Released)]
    public void Decide_StoppedFromOutside_PlansNothing(ExecutionEnd end, OutcomeKind kind)
    {
        var outcome = Decide(Report(end));

        Assert.Equal((kind, null, default), (outcome.Kind, outcome.Error, outcome.RunAt));
    }

    [Fact]
    public void Decide_LongError_IsCutToItsLimitsAndNotWithinACharacter()
    {
        var message = new string('x', TaskLimits.ErrorMessageLengthMax - 1) + "😀 and more";

        var error = Decide(Report(ExecutionEnd.Failed) with { Error = new TaskError(new string('c', 500), message) }).Error!;

        Assert.Equal(TaskLimits.NameLengthMax, error.Code.Length);
        Assert.Equal(message[..(TaskLimits.ErrorMessageLengthMax - 1)], error.Message);
    }

    [Fact]
    public void Decide_ErrorAtItsLimit_IsLeftWhole()
    {
        var message = new string('x', TaskLimits.ErrorMessageLengthMax);

        Assert.Equal(message, Decide(Report(ExecutionEnd.Failed) with { Error = new TaskError("c", message) }).Error!.Message);
    }

    private static TaskOutcome Decide(ExecutionReport report) =>
        LifeCycle.Decide(report, ThreeAttempts, Waiting.Start, Now, Now, new SeededRandomSource(1));

    private static ExecutionReport Report(ExecutionEnd end, int attempt = 1) => new() { Id = Waiting.Id(1), Attempt = attempt, Dispatch = 1, End = end, Ran = TimeSpan.FromSeconds(1) };
}
