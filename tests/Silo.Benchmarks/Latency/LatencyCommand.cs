using System.CommandLine;
using Silo.Benchmarks.Invocation;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Latency;

/// <summary><c>bench latency</c>.</summary>
internal static class LatencyCommand
{
    public static Command Create(TextWriter output, TextWriter messages)
    {
        var fallback = LatencyOptions.Default;
        var rounds = WholeNumber.Option("--rounds", "Rounds, each on a fresh server.", fallback.Rounds, 1000);
        var samples = WholeNumber.Option("--samples", "Submits, and bare inserts, per round.", fallback.Samples, 100_000);
        var idle = WholeNumber.Option("--idle-ms", "Pause before each of them, in milliseconds.", fallback.IdleMilliseconds, 60_000);
        var alone = new Option<bool>("--no-peer") { Description = "Leave BullMQ out, which is installed from registries." };
        return BenchCommand.Create(
            "latency",
            "From a submit to the start of its handler on an idle server, beside a bare insert with its own commit: by HTTP on SQLite; in process on PostgreSQL, beside BullMQ too.",
            [rounds, samples, idle, alone],
            (parsed, cancellationToken) =>
            {
                var options = fallback with { Rounds = parsed.GetValue(rounds), Samples = parsed.GetValue(samples), IdleMilliseconds = parsed.GetValue(idle) };
                return new LatencyBenchmark(options, besideBullMq: !parsed.GetValue(alone), messages).RunAsync(cancellationToken);
            },
            BenchJson.Default.LatencyReport,
            output);
    }
}
