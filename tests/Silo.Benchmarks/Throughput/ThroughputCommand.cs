using System.CommandLine;
using Silo.Benchmarks.Invocation;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Throughput;

/// <summary><c>bench throughput</c>.</summary>
internal static class ThroughputCommand
{
    public static Command Create(TextWriter output, TextWriter messages)
    {
        var fallback = ThroughputOptions.Default;
        var rounds = WholeNumber.Option("--rounds", "Rounds; each measures every way once.", fallback.Rounds, 1000);
        var tasks = WholeNumber.Option("--tasks", "Tasks per round and way.", fallback.Tasks, 10_000_000);
        var batch = WholeNumber.Option("--batch", "Tasks in one submit call, and rows in one batch of the bare pipeline.", fallback.BatchTasks, 10_000);
        var clients = WholeNumber.Option("--clients", "Submitters at once.", fallback.Clients, 1000);
        var slots = WholeNumber.Option("--slots", "Slots of the node, and of the bare pipeline.", fallback.Slots, 10_000);
        return BenchCommand.Create(
            "throughput",
            "Tasks a second submitted, run (no-op) and recorded, in process and by HTTP, beside a bare SQLite pipeline of the same rows.",
            [rounds, tasks, batch, clients, slots],
            (parsed, cancellationToken) =>
            {
                var options = fallback with
                {
                    Rounds = parsed.GetValue(rounds),
                    Tasks = parsed.GetValue(tasks),
                    BatchTasks = parsed.GetValue(batch),
                    Clients = parsed.GetValue(clients),
                    Slots = parsed.GetValue(slots),
                };
                return new ThroughputBenchmark(options, messages).RunAsync(cancellationToken);
            },
            BenchJson.Default.ThroughputReport,
            output);
    }
}
