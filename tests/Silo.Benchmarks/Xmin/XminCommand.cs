using System.CommandLine;
using Silo.Benchmarks.Invocation;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Xmin;

/// <summary><c>bench xmin</c>.</summary>
internal static class XminCommand
{
    public static Command Create(TextWriter output, TextWriter messages)
    {
        var fallback = XminOptions.Default;
        var bloat = WholeNumber.Option("--bloat", "Tasks run through each database first.", fallback.BloatTasks, 10_000_000);
        var rounds = WholeNumber.Option("--rounds", "Rounds, each in both databases.", fallback.Rounds, 1000);
        var burst = WholeNumber.Option("--burst", "Tasks run at once before the samples of a round.", fallback.BurstTasks, 1_000_000);
        var samples = WholeNumber.Option("--samples", "Submits per database and round.", fallback.Samples, 100_000);
        var idle = WholeNumber.Option("--idle-ms", "Pause before each of them, in milliseconds.", fallback.IdleMilliseconds, 60_000);
        return BenchCommand.Create(
            "xmin",
            "PostgreSQL: from submit to start while a transaction is held open over a bloated table, beside a vacuumed database.",
            [bloat, rounds, burst, samples, idle],
            (parsed, cancellationToken) =>
            {
                var options = fallback with
                {
                    BloatTasks = parsed.GetValue(bloat),
                    Rounds = parsed.GetValue(rounds),
                    BurstTasks = parsed.GetValue(burst),
                    Samples = parsed.GetValue(samples),
                    IdleMilliseconds = parsed.GetValue(idle),
                };
                return new XminBenchmark(options, messages).RunAsync(cancellationToken);
            },
            BenchJson.Default.XminReport,
            output);
    }
}
