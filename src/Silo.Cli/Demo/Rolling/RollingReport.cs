using System.Globalization;
using Silo.Cli.Invocation;

namespace Silo.Cli.Demo.Rolling;

/// <summary>A rolling restart's result for a person.</summary>
internal static class RollingReport
{
    public static void Write(Terminal terminal, RollingResult result)
    {
        var summary = result.Summary;
        terminal.WriteTable(
            ["FROM THE LEDGERS OUTSIDE SILO", ""],
            [
                ["tasks acknowledged", Text(summary.Tasks)],
                ["succeeded", Text(summary.Succeeded)],
                ["lost", Text(summary.Lost)],
                ["outcomes beyond the first", Text(summary.DuplicateOutcomes)],
                ["attempts beyond the first", Text(summary.AttemptsSpent)],
                ["silos restarted", Text(summary.SilosRestarted)],
                ["not begun there, and begun on another silo before the process ended", Text(summary.Moved)],
                ["the last of them began, after SIGTERM", Seconds(summary.MovedSecondsMax)],
                ["tasks for that silo only, which waited and ran there", Text(summary.PinnedResumed)],
                ["longest time that a silo was away", Seconds(summary.AwaySecondsMax)],
                ["took", Seconds(summary.Seconds)],
            ]);
        terminal.WriteLine(result.Problems.Count == 0 ? "Every acknowledged task ended exactly once, at its first attempt." : $"{result.Problems.Count} promises did not hold.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s");
}
