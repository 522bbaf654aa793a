using Silo.Core.Handlers;
using Silo.Core.Tasks;

namespace Silo.Handlers;

/// <param name="Milliseconds">How long, from 0 to seven days.</param>
internal sealed record SleepPayload(long Milliseconds);

internal sealed record SleepResult(long Milliseconds);

/// <summary>Waits, and says how far it is; stops at once when told to.</summary>
internal sealed class SleepHandler : ITaskHandler<SleepPayload, SleepResult>, IPayloadCheck<SleepPayload>
{
    private const long MillisecondsMax = 7L * 24 * 60 * 60 * 1000;
    private const int StepsMax = 100;
    private static readonly TimeSpan StepMin = TimeSpan.FromMilliseconds(250);

    public PayloadProblem? Check(SleepPayload payload) =>
        payload.Milliseconds is >= 0 and <= MillisecondsMax
            ? null
            : new PayloadProblem("payload.milliseconds", $"{payload.Milliseconds} is not from 0 to {MillisecondsMax} (the longest time-out, {TaskLimits.TimeoutMax.TotalDays} days)");

    public async Task<SleepResult> RunAsync(SleepPayload payload, TaskContext context, CancellationToken cancellationToken)
    {
        var whole = TimeSpan.FromMilliseconds(payload.Milliseconds);
        var step = whole / StepsMax > StepMin ? whole / StepsMax : StepMin;
        var started = context.Time.GetTimestamp();
        while (true)
        {
            var slept = context.Time.GetElapsedTime(started);
            if (slept >= whole)
                return new SleepResult(payload.Milliseconds);
            if (slept > TimeSpan.Zero)
                context.ReportProgress(100 * (slept / whole));
            var left = whole - slept;
            await Task.Delay(left < step ? left : step, context.Time, cancellationToken);
        }
    }
}
