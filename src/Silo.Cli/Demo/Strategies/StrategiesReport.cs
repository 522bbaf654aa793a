using System.Globalization;
using Silo.Cli.Invocation;

namespace Silo.Cli.Demo.Strategies;

/// <summary>The strategies demo's result for a person.</summary>
internal static class StrategiesReport
{
    public static void Write(Terminal terminal, StrategiesResult result)
    {
        var nodes = StrategiesDemo.Shapes.Select(shape => $"{shape.Name} (weight {shape.Weight})");
        terminal.WriteTable(["STRATEGY", "RUN", .. nodes], result.Runs.SelectMany(run => new[]
        {
            Row(run.Strategy, "unsaturated", run.Unsaturated, result.Weights.Count),
            Row(run.Strategy, $"beside a busy {StrategiesDemo.Shapes[0].Name}", run.BesideBusyNode, result.Weights.Count),
            Row(run.Strategy, "saturated", run.Saturated, result.Weights.Count),
        }));
        terminal.WriteLine($"Note: {StrategiesResult.Note}.");
        terminal.WriteLine(result.Problems.Count == 0 ? "Every strategy was used as it was set." : $"{result.Problems.Count} strategies were not used as they were set.");
    }

    private static string[] Row(string strategy, string run, IReadOnlyList<int> placements, int nodes) =>
    [
        strategy, run,
        .. StrategyRun.Counts(placements, nodes).Select(count => string.Create(
            CultureInfo.InvariantCulture, $"{count} ({100.0 * count / placements.Count:0.0} %)")),
    ];
}
