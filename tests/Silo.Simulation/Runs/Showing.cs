using System.Diagnostics;

namespace Silo.Simulation.Runs;

/// <summary>Runs seeds for the command line and says what came of them.</summary>
internal sealed class Showing(bool json, int traceLines)
{
    private const int FailuresShown = 3;

    /// <returns>The exit code.</returns>
    public int One(int seed)
    {
        var watch = Stopwatch.StartNew();
        var run = new SeedRun(seed, tracing: true);
        run.Trace.Kept = traceLines;
        var result = run.Run();
        if (result.Violation is not null)
        {
            ShowFailure(result, run.Trace.Lines);
        }

        Say($"seed {seed}: {result.Events} events, {result.Simulated.TotalSeconds:0} simulated seconds, hash {result.Hash:x16}");
        return End(SimulationReport.Of([result], watch.Elapsed), passed: result.Violation is null);
    }

    /// <returns>The exit code.</returns>
    public int Many(int start, int count, TimeSpan? atMost)
    {
        var watch = Stopwatch.StartNew();
        var results = new SeedBatch(start, count, atMost).Run();
        var failed = results.Where(result => result.Violation is not null).ToList();
        foreach (var result in failed.Take(FailuresShown))
        {
            // The same seed fails in the same way, so only the runs that fail pay for a trace.
            var again = new SeedRun(result.Seed, tracing: true);
            again.Trace.Kept = traceLines;
            var repeated = again.Run();
            ShowFailure(result, again.Trace.Lines);
            if (repeated.Hash != result.Hash)
            {
                Complain($"seed {result.Seed} did not repeat itself: something in the run does not come from the seed.");
            }
        }

        foreach (var group in failed.GroupBy(result => result.Violation!.Invariant))
        {
            Complain($"{group.Count()} seeds broke '{group.Key}': {string.Join(" ", group.Take(20).Select(result => result.Seed))}");
        }

        var report = SimulationReport.Of(results, watch.Elapsed);
        return End(report, report.Passed);
    }

    private int End(SimulationReport report, bool passed)
    {
        Console.WriteLine(json
            ? report.ToJson()
            : $"{report.Seeds} seeds, {report.Events} events, {report.Crashes} crashes, {report.StoreFaults} store faults, {report.LostAnswers} lost answers, "
                + $"{report.FencedOutcomes} fenced outcomes, {report.Violations} violations, {report.Seconds} s");
        return passed ? 0 : 1;
    }

    private void Say(string line)
    {
        if (!json)
        {
            Console.WriteLine(line);
        }
    }

    private static void ShowFailure(SeedResult result, IEnumerable<string> trace)
    {
        Complain($"seed {result.Seed} broke '{result.Violation!.Invariant}': {result.Violation.Detail}");
        foreach (var line in trace)
        {
            Complain($"  {line}");
        }
    }

    private static void Complain(string line) => Console.Error.WriteLine(line);
}
