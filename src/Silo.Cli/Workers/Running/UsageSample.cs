using Silo.Cli.Processes;
using Silo.Cli.Workers.Control;

namespace Silo.Cli.Workers.Running;

/// <summary>What the workers take of the machine.</summary>
internal static class UsageSample
{
    /// <param name="interval">Over which processor use is measured.</param>
    public static async Task<WorkersStatus> AddToAsync(WorkersStatus status, TimeSpan interval)
    {
        var before = status.Workers.Select(UsageOf).ToList();
        await Task.Delay(interval);
        return status with { Workers = [.. status.Workers.Zip(before, (worker, first) => Add(worker, first, UsageOf(worker)))] };
    }

    private static WorkerState Add(WorkerState worker, ProcessUsage? first, ProcessUsage? last) =>
        first is null || last is null || last.Age <= first.Age
            ? worker
            : worker with
            {
                MemoryBytes = last.MemoryBytes,
                CpuPercent = Math.Round(100 * (last.CpuTime - first.CpuTime) / (last.Age - first.Age), 1),
            };

    private static ProcessUsage? UsageOf(WorkerState worker) =>
        worker.Pid is { } pid && ProcessIdentity.Of(pid) is { } process ? ProcessUsage.Of(process) : null;
}
