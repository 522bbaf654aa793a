using System.Diagnostics;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Cluster;

/// <summary>One side in one round; processor times are per 1,000 tasks.</summary>
/// <param name="ServersCpuSeconds">Of the processes of Silo.</param>
/// <param name="DatabaseCpuSeconds">Of PostgreSQL with all its processes; the side that rests has its idle connections there too.</param>
/// <param name="ClientCpuSeconds">Of this process, which submits.</param>
internal sealed record ClusterSample(double TasksPerSecond, double ServersCpuSeconds, double DatabaseCpuSeconds, double ClientCpuSeconds)
{
    /// <summary>Of the servers and the database.</summary>
    public double CpuSeconds => ServersCpuSeconds + DatabaseCpuSeconds;

    /// <param name="work">From the first submit until the last outcome is durable.</param>
    public static async Task<ClusterSample> MeasureAsync(IReadOnlyList<ProcessTree> servers, ProcessTree database, int tasks, Func<Task> work)
    {
        var (began, before) = (Stopwatch.GetTimestamp(), Read());
        await work();
        var (seconds, after) = (Stopwatch.GetElapsedTime(began).TotalSeconds, Read());
        return new ClusterSample(tasks / seconds, PerThousand(after.Servers - before.Servers), PerThousand(after.Database - before.Database), PerThousand(after.Client - before.Client));

        (double Servers, double Database, double Client) Read() =>
            (servers.Sum(server => server.CpuSeconds()), database.CpuSeconds(), Environment.CpuUsage.TotalTime.TotalSeconds);

        double PerThousand(double cpuSeconds) => cpuSeconds * 1000 / tasks;
    }
}
