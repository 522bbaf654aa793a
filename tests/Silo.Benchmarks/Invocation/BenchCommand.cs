using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Invocation;

/// <summary>What the benchmarks' commands have in common: <c>--json</c>, the way a report is shown, and the exit code.</summary>
internal static class BenchCommand
{
    /// <param name="options">Beside <c>--json</c>.</param>
    /// <param name="run">Measures; tells what it is doing on stderr.</param>
    /// <param name="form">How the report is written as JSON.</param>
    public static Command Create<TReport>(
        string name,
        string description,
        IEnumerable<Option> options,
        Func<ParseResult, CancellationToken, Task<TReport>> run,
        JsonTypeInfo<TReport> form,
        TextWriter output)
        where TReport : IBenchReport
    {
        var json = new Option<bool>("--json") { Description = "End with the report as one line of JSON." };
        var command = new Command(name, description);
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.Options.Add(json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = await run(parsed, cancellationToken);
            output.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(report, form) : string.Join(Environment.NewLine, report.Lines()));
            return report.Ledger.IsClean ? 0 : 1;
        });
        return command;
    }
}
