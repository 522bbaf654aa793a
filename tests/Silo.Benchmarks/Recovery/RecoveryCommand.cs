using System.CommandLine;
using Silo.Benchmarks.Invocation;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Recovery;

/// <summary><c>bench recovery</c>.</summary>
internal static class RecoveryCommand
{
    public static Command Create(TextWriter output, TextWriter messages)
    {
        var fallback = RecoveryOptions.Default;
        var restarts = WholeNumber.Option("--restarts", "Restarts, one after the other.", fallback.Restarts, 100);
        var steady = WholeNumber.Option("--steady", "Seconds before each; a second no slower than the slowest of them is the rate come back.", fallback.SteadySeconds, 600);
        var limit = WholeNumber.Option("--limit", "Seconds after which a restart is given up.", fallback.LimitSeconds, 600);
        return BenchCommand.Create(
            "recovery",
            "PostgreSQL: how long the rate is gone when the server is restarted without a checkpoint under load.",
            [restarts, steady, limit],
            (parsed, cancellationToken) =>
            {
                var options = fallback with { Restarts = parsed.GetValue(restarts), SteadySeconds = parsed.GetValue(steady), LimitSeconds = parsed.GetValue(limit) };
                return new RecoveryBenchmark(options, messages).RunAsync(cancellationToken);
            },
            BenchJson.Default.RecoveryReport,
            output);
    }
}
