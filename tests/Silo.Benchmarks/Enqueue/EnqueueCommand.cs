using System.CommandLine;
using Silo.Benchmarks.Invocation;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Enqueue;

/// <summary><c>bench enqueue</c>.</summary>
internal static class EnqueueCommand
{
    public static Command Create(TextWriter output, TextWriter messages)
    {
        var fallback = EnqueueOptions.Default;
        var callers = WholeNumber.Option("--callers", "Sessions that call at the same time.", fallback.Callers, 10_000);
        var rounds = WholeNumber.Option("--rounds", "Rounds, each of both ways.", fallback.Rounds, 1000);
        var seconds = WholeNumber.Option("--seconds", "Of each way in a round.", fallback.Seconds, 600);
        var idle = WholeNumber.Option("--idle-samples", "Single calls before that, while nothing else is asked.", fallback.IdleSamples, 10_000);
        return BenchCommand.Create(
            "enqueue",
            "PostgreSQL: what concurrent callers of silo.enqueue keep of the rate of plain inserts of the same jobs.",
            [callers, rounds, seconds, idle],
            (parsed, cancellationToken) =>
            {
                var options = fallback with
                {
                    Callers = parsed.GetValue(callers),
                    Rounds = parsed.GetValue(rounds),
                    Seconds = parsed.GetValue(seconds),
                    IdleSamples = parsed.GetValue(idle),
                };
                return new EnqueueBenchmark(options, messages).RunAsync(cancellationToken);
            },
            BenchJson.Default.EnqueueReport,
            output);
    }
}
