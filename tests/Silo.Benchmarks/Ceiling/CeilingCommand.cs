using System.CommandLine;
using Silo.Benchmarks.Invocation;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Ceiling;

/// <summary><c>bench ceiling</c>.</summary>
internal static class CeilingCommand
{
    public static Command Create(TextWriter output, TextWriter messages)
    {
        var fallback = CeilingOptions.Default;
        var rounds = WholeNumber.Option("--rounds", "Rounds; each measures both ways once.", fallback.Rounds, 1000);
        var tasks = WholeNumber.Option("--tasks", "Tasks per round and way.", fallback.Tasks, 10_000_000);
        var batch = WholeNumber.Option("--batch", "Tasks in one submit call, and rows in one batch of the bare pipeline.", fallback.BatchTasks, 10_000);
        var clients = WholeNumber.Option("--clients", "Submitters at once.", fallback.Clients, 1000);
        return BenchCommand.Create(
            "ceiling",
            "PostgreSQL: tasks a second submitted, run (no-op) and recorded, in process, beside a bare pipeline of Npgsql batches.",
            [rounds, tasks, batch, clients],
            (parsed, cancellationToken) =>
            {
                var options = fallback with
                {
                    Rounds = parsed.GetValue(rounds),
                    Tasks = parsed.GetValue(tasks),
                    BatchTasks = parsed.GetValue(batch),
                    Clients = parsed.GetValue(clients),
                };
                return new CeilingBenchmark(options, messages).RunAsync(cancellationToken);
            },
            BenchJson.Default.CeilingReport,
            output);
    }
}
