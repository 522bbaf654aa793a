using System.Globalization;

namespace Silo.Cli.Demo.Strategies;

/// <summary>Tells by its behaviour whether a strategy was in force. No two of the four can be taken for each other.</summary>
/// <remarks>
/// Weighted alone follows the weights. The other three share evenly among idle nodes and are told apart beside a busy one: least-tasks spares
/// it, round-robin and random do not; and of these, round-robin is exact and random neither exact nor periodic.
/// </remarks>
internal static class StrategyJudge
{
    public const double WeightedTolerance = 0.05;
    private const double RandomSigmas = 4;
    private const double PeriodSigmas = 6;
    private const int PeriodMax = 12;

    /// <returns>What contradicts the strategy, one sentence each; empty when it behaved as its name says.</returns>
    public static IReadOnlyList<string> Judge(StrategyRun run, IReadOnlyList<int> weights)
    {
        var problems = new List<string>();
        foreach (var (phase, placements) in new[] { ("unsaturated", run.Unsaturated), ("beside a busy node", run.BesideBusyNode) })
        {
            var counts = StrategyRun.Counts(placements, weights.Count);
            problems.AddRange(Contradictions(run.Strategy, placements, counts, weights, phase == "unsaturated").Select(text =>
                $"{run.Strategy}, {phase}: {text}; the shares were {string.Join(':', counts)}."));
        }

        var saturated = StrategyRun.Counts(run.Saturated, weights.Count);
        if (saturated.Contains(0))
        {
            problems.Add($"{run.Strategy}, saturated: a node with free slots got nothing; the shares were {string.Join(':', saturated)}.");
        }

        return problems;
    }

    private static IEnumerable<string> Contradictions(string strategy, IReadOnlyList<int> placements, int[] counts, IReadOnlyList<int> weights, bool allIdle) =>
        strategy switch
        {
            "weighted" => Weighted(counts, weights),
            "round-robin" => counts.Distinct().Count() == 1 ? [] : ["round-robin gives every node the same"],
            "random" => Random(placements, counts),
            "least-tasks" when allIdle => counts.Max() * 2 <= counts.Min() * 3 ? [] : ["least-tasks keeps equal nodes about equally busy"],
            "least-tasks" => counts[0] * 2 * weights.Count <= placements.Count ? [] : ["least-tasks spares the busy first node"],
            _ => throw new ArgumentOutOfRangeException(nameof(strategy), strategy, "The demo knows no such strategy."),
        };

    private static IEnumerable<string> Weighted(int[] counts, IReadOnlyList<int> weights)
    {
        var perWeight = counts.Sum() / (double)weights.Sum();
        return counts.Zip(weights).Any(pair => Math.Abs(pair.First - (pair.Second * perWeight)) > WeightedTolerance * pair.Second * perWeight)
            ? [string.Create(CultureInfo.InvariantCulture, $"the weights are {string.Join(':', weights)}, met within {WeightedTolerance:P0}")]
            : [];
    }

    private static IEnumerable<string> Random(IReadOnlyList<int> placements, int[] counts)
    {
        var share = 1.0 / counts.Length;
        var sigma = Math.Sqrt(placements.Count * share * (1 - share));
        if (counts.Any(count => Math.Abs(count - (placements.Count * share)) > RandomSigmas * sigma))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"random stays within {RandomSigmas} standard deviations of equal shares");
        }

        if (Enumerable.Range(1, PeriodMax).Any(period => Repeats(placements, period) > share + (PeriodSigmas * sigma / placements.Count)))
        {
            yield return "random does not repeat itself, and this sequence of nodes does";
        }
    }

    /// <returns>The share of tasks placed like the one <paramref name="period"/> before; 1/nodes is what chance gives.</returns>
    private static double Repeats(IReadOnlyList<int> placements, int period) =>
        Enumerable.Range(period, Math.Max(0, placements.Count - period)).Count(index => placements[index] == placements[index - period])
        / (double)Math.Max(1, placements.Count - period);
}
