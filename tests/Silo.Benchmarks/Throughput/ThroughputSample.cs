using System.Diagnostics;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Throughput;

/// <summary>One way in one round.</summary>
/// <param name="CpuSecondsPerThousand">Of this process, clients included, per 1,000 tasks.</param>
/// <param name="AllocatedBytesPerTask">On the managed heap, clients included.</param>
internal sealed record ThroughputSample(double TasksPerSecond, double CpuSecondsPerThousand, double AllocatedBytesPerTask, Ledger Ledger)
{
    /// <param name="work">From the first submit until the last outcome is durable.</param>
    public static async Task<ThroughputSample> MeasureAsync(int tasks, Func<Task> work)
    {
        GC.Collect();
        var (cpu, allocated, began) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true), Stopwatch.GetTimestamp());
        await work();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var cpuSeconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        var bytes = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        return new ThroughputSample(tasks / seconds, cpuSeconds * 1000 / tasks, (double)bytes / tasks, Ledger.Empty);
    }
}
