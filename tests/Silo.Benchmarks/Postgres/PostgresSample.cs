using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Throughput;

namespace Silo.Benchmarks.Postgres;

/// <summary>One way of moving tasks through PostgreSQL in one round.</summary>
/// <param name="Program">This process, clients included.</param>
/// <param name="DatabaseCpuSecondsPerThousand">Of the server with all its processes, per 1,000 tasks.</param>
internal sealed record PostgresSample(ThroughputSample Program, double DatabaseCpuSecondsPerThousand)
{
    public double CpuSecondsPerThousand => Program.CpuSecondsPerThousand + DatabaseCpuSecondsPerThousand;

    /// <param name="work">From the first submit until the last outcome is durable.</param>
    public static async Task<PostgresSample> MeasureAsync(ProcessTree server, int tasks, Func<Task> work)
    {
        var before = server.CpuSeconds();
        var sample = await ThroughputSample.MeasureAsync(tasks, work);
        return new PostgresSample(sample, (server.CpuSeconds() - before) * 1000 / tasks);
    }
}
