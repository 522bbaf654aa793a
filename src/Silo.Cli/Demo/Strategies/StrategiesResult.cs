using System.Text.Json.Serialization;

namespace Silo.Cli.Demo.Strategies;

/// <summary>What the strategies demo found.</summary>
internal sealed record StrategiesResult(IReadOnlyList<StrategyRun> Runs, IReadOnlyList<int> Weights, TimeSpan Elapsed)
{
    public const string Note =
        "unsaturated: every node always has a free slot, so the shares are what the strategy chose; saturated: a free slot is never left empty, "
        + "so nodes of equal slots get about equal work whatever the strategy prefers";

    public IReadOnlyList<string> Problems { get; } = [.. Runs.SelectMany(run => StrategyJudge.Judge(run, Weights))];

    public StrategiesSummary Summary => new(
        [.. Runs.Select(run => new StrategySummary(
            run.Strategy,
            Shares(run.Unsaturated),
            Shares(run.BesideBusyNode),
            Shares(run.Saturated),
            StrategyJudge.Judge(run, Weights).Count == 0))],
        StrategiesDemo.Shapes.ToDictionary(shape => shape.Name, shape => shape.Weight),
        Problems,
        Note,
        Math.Round(Elapsed.TotalSeconds, 3));

    private static Dictionary<string, int> Shares(IReadOnlyList<int> placements) =>
        StrategiesDemo.Shapes.Zip(StrategyRun.Counts(placements, StrategiesDemo.Shapes.Count)).ToDictionary(pair => pair.First.Name, pair => pair.Second);
}

/// <summary>The last line of <c>silo demo --strategies --json</c>.</summary>
/// <param name="Strategies">Shares by node.</param>
/// <param name="Weights">By node.</param>
/// <param name="Failed">One sentence for every strategy that was set and not used.</param>
internal sealed record StrategiesSummary(
    IReadOnlyList<StrategySummary> Strategies, IReadOnlyDictionary<string, int> Weights, IReadOnlyList<string> Failed, string Note, double Seconds);

internal sealed record StrategySummary(
    string Strategy,
    IReadOnlyDictionary<string, int> Unsaturated,
    IReadOnlyDictionary<string, int> BesideBusyNode,
    IReadOnlyDictionary<string, int> Saturated,
    bool AsConfigured);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StrategiesSummary))]
internal sealed partial class StrategiesJson : JsonSerializerContext;
