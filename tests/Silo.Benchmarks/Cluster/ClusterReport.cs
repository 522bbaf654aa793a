using System.Globalization;
using Silo.Benchmarks.Measuring;
using Silo.Benchmarks.Postgres;

namespace Silo.Benchmarks.Cluster;

/// <param name="Ratio">Median over the rounds of the cluster's tasks a second ÷ the single process's, each of one round.</param>
/// <param name="CpuRatio">The same of the processor time for a task, of servers and database together: it depends less on what else the machine does.</param>
internal sealed record ClusterReport(
    string Benchmark, double Ratio, Spread RatioRange, Spread CpuRatio, ClusterWay Cluster, ClusterWay Single, Ledger Ledger, ClusterOptions Options, PostgresSession Session)
    : IBenchReport
{
    /// <param name="rounds">At least one.</param>
    public static ClusterReport Of(
        IReadOnlyList<ClusterRound> rounds,
        IReadOnlyDictionary<string, long> clusterTasks,
        IReadOnlyDictionary<string, long> singleTasks,
        Ledger ledger,
        ClusterOptions options,
        PostgresSession session)
    {
        var ratio = Spread.Of(rounds.Select(round => round.Cluster.TasksPerSecond / round.Single.TasksPerSecond), 3);
        return new ClusterReport(
            "cluster",
            ratio.Median,
            ratio,
            Spread.Of(rounds.Select(round => round.Cluster.CpuSeconds / round.Single.CpuSeconds), 3),
            ClusterWay.Of([.. rounds.Select(round => round.Cluster)], clusterTasks),
            ClusterWay.Of([.. rounds.Select(round => round.Single)], singleTasks),
            ledger,
            options,
            session);
    }

    public IEnumerable<string> Lines()
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{Options.Tasks} no-op tasks a round, median (lowest to highest) of {Options.Rounds} rounds");
        yield return $"one process  {Single}";
        yield return $"two silos    {Cluster}";
        yield return $"ratio        {RatioRange} of the tasks a second, {CpuRatio} of the processor time";
        yield return $"{Ledger}";
    }
}

/// <summary>Both sides once, one after the other.</summary>
internal sealed record ClusterRound(ClusterSample Cluster, ClusterSample Single);
