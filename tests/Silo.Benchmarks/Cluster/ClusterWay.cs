using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Cluster;

/// <summary>One side over all rounds; processor times are per 1,000 tasks.</summary>
/// <param name="TasksPerNode">By the rows, the rounds that are not counted included.</param>
internal sealed record ClusterWay(
    Spread TasksPerSecond, Spread ServersCpuSecondsPerThousand, Spread DatabaseCpuSecondsPerThousand, Spread ClientCpuSecondsPerThousand, IReadOnlyDictionary<string, long> TasksPerNode)
{
    public static ClusterWay Of(IReadOnlyCollection<ClusterSample> samples, IReadOnlyDictionary<string, long> tasksPerNode) => new(
        Spread.Of(samples.Select(sample => sample.TasksPerSecond), 0),
        Spread.Of(samples.Select(sample => sample.ServersCpuSeconds), 4),
        Spread.Of(samples.Select(sample => sample.DatabaseCpuSeconds), 4),
        Spread.Of(samples.Select(sample => sample.ClientCpuSeconds), 4),
        tasksPerNode);

    public override string ToString() =>
        $"{TasksPerSecond} tasks/s; CPU seconds per 1,000: servers {ServersCpuSecondsPerThousand}, database {DatabaseCpuSecondsPerThousand}; "
        + string.Join(", ", TasksPerNode.Select(node => $"{node.Key} ran {node.Value}"));
}
