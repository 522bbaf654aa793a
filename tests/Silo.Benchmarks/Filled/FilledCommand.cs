using System.CommandLine;
using Silo.Benchmarks.Invocation;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Filled;

/// <summary><c>bench history</c> and <c>bench backlog</c>.</summary>
internal static class FilledCommand
{
    public static Command CreateHistory(TextWriter output, TextWriter messages) =>
        Create("history", "PostgreSQL: tasks a second beside millions of finished tasks, and memory, compared with an empty database.", FilledOptions.History, output, messages);

    public static Command CreateBacklog(TextWriter output, TextWriter messages) =>
        Create("backlog", "PostgreSQL: the same beside a million tasks of the same queue that wait for their time.", FilledOptions.Backlog, output, messages);

    private static Command Create(string name, string description, FilledOptions fallback, TextWriter output, TextWriter messages)
    {
        var rows = WholeNumber.Option("--rows", "Tasks that are there before.", fallback.Rows, 100_000_000);
        var rounds = WholeNumber.Option("--rounds", "Rounds; each measures both databases once.", fallback.Load.Rounds, 1000);
        var tasks = WholeNumber.Option("--tasks", "Tasks per round and database.", fallback.Load.Tasks, 10_000_000);
        return BenchCommand.Create(
            name,
            description,
            [rows, rounds, tasks],
            (parsed, cancellationToken) =>
            {
                var load = fallback.Load with { Rounds = parsed.GetValue(rounds), Tasks = parsed.GetValue(tasks) };
                return new FilledBenchmark(fallback with { Rows = parsed.GetValue(rows), Load = load }, messages).RunAsync(cancellationToken);
            },
            BenchJson.Default.FilledReport,
            output);
    }
}
