using System.Globalization;
using Silo.Cli.Invocation;

namespace Silo.Cli.Demo.Loss;

/// <summary>A loss demo's result for a person.</summary>
internal static class LossReport
{
    public static void Write(Terminal terminal, LossResult result)
    {
        var (verdict, kind) = (result.Verdict, result.Kind == LossKind.Kill ? "killed" : "frozen");
        var rows = new List<string[]>
        {
            new[] { "tasks acknowledged", Text(verdict.Tasks) },
            new[] { "succeeded", Text(verdict.Succeeded) },
            new[] { "lost", Text(verdict.Lost) },
            new[] { "outcomes beyond the first", Text(verdict.DuplicateOutcomes) },
            new[] { $"started by the {kind} worker, run again elsewhere", Text(verdict.Rerun) },
            new[] { $"last of them started, after the worker was {kind}", string.Create(CultureInfo.InvariantCulture, $"{verdict.RerunSecondsMax:0.00} s") },
            new[] { "digests equal to sha256sum's", Text(result.Digests) },
            new[] { "took", string.Create(CultureInfo.InvariantCulture, $"{result.Elapsed.TotalSeconds:0.0} s") },
        };
        if (verdict.SchedulerFailoverSeconds is { } failover)
        {
            rows.Insert(6, ["first task of the next scheduler started, after the loss", string.Create(CultureInfo.InvariantCulture, $"{failover:0.00} s")]);
        }

        if (result.Kind == LossKind.Freeze)
        {
            rows.Insert(6, ["answers of the frozen worker refused (fenced)", Text(verdict.Fenced)]);
        }

        terminal.WriteTable(["FROM THE LEDGERS OUTSIDE SILO", ""], rows);
        terminal.WriteLine(result.Problems.Count == 0 ? "Every acknowledged task ended exactly once." : $"{result.Problems.Count} promises did not hold.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
