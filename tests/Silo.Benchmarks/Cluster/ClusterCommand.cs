using System.CommandLine;
using Silo.Benchmarks.Invocation;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Cluster;

/// <summary><c>bench cluster</c>.</summary>
internal static class ClusterCommand
{
    public static Command Create(TextWriter output, TextWriter messages)
    {
        var fallback = ClusterOptions.Default;
        var rounds = WholeNumber.Option("--rounds", "Rounds; each measures both sides once.", fallback.Rounds, 1000);
        var first = WholeNumber.Option("--first-rounds", "Rounds before them that are not counted.", fallback.FirstRounds, 1000);
        var tasks = WholeNumber.Option("--tasks", "Tasks per round and side.", fallback.Tasks, 10_000_000);
        var clients = WholeNumber.Option("--clients", "Streams of submits at once.", fallback.Clients, 1000);
        return BenchCommand.Create(
            "cluster",
            "PostgreSQL: tasks a second of two silo processes beside those of one standalone process, submitted by HTTP.",
            [rounds, first, tasks, clients],
            (parsed, cancellationToken) =>
            {
                var options = fallback with
                {
                    Rounds = parsed.GetValue(rounds),
                    FirstRounds = parsed.GetValue(first),
                    Tasks = parsed.GetValue(tasks),
                    Clients = parsed.GetValue(clients),
                };
                return new ClusterBenchmark(options, messages).RunAsync(cancellationToken);
            },
            BenchJson.Default.ClusterReport,
            output);
    }
}
