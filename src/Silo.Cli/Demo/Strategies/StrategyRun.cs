namespace Silo.Cli.Demo.Strategies;

/// <summary>Where one strategy put the tasks of three runs, as the workers wrote it down: the index of a node per task, in order of submission.</summary>
/// <param name="Strategy">Its name.</param>
/// <param name="Unsaturated">Few tasks at a time, so that every node always has a free slot.</param>
/// <param name="BesideBusyNode">The same while the first node is also busy with tasks pinned to it.</param>
/// <param name="Saturated">More tasks at once than there are slots.</param>
internal sealed record StrategyRun(string Strategy, IReadOnlyList<int> Unsaturated, IReadOnlyList<int> BesideBusyNode, IReadOnlyList<int> Saturated)
{
    /// <summary>How many tasks each of <paramref name="nodes"/> nodes got.</summary>
    public static int[] Counts(IReadOnlyList<int> placements, int nodes)
    {
        var counts = new int[nodes];
        foreach (var node in placements)
        {
            counts[node]++;
        }

        return counts;
    }
}
