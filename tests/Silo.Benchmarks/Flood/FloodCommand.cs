using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Silo.Benchmarks.Flood;

/// <summary><c>bench flood</c>: what healthy clients and the server's memory feel of clients that do everything wrong.</summary>
internal static class FloodCommand
{
    public static Command Create(TextWriter output, TextWriter messages)
    {
        var json = new Option<bool>("--json") { Description = "End with the report as one line of JSON." };
        var seconds = new Option<int>("--seconds") { Description = "How long the flood lasts, 10 to 3600. Default 60.", HelpName = "N", DefaultValueFactory = _ => 60 };
        seconds.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && value is >= 10 and <= 3600))
            {
                result.AddError($"--seconds '{token.Value}' must be a whole number from 10 to 3600.");
            }
        });
        var command = new Command("flood", "Malformed, oversized, slow and unread requests beside healthy clients: the server's memory, their p99, and no 5xx. Needs Linux.") { seconds, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = await FloodBenchmark.RunAsync(new FloodOptions { Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)) }, messages, cancellationToken);
            output.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(report, FloodJson.Default.FloodReport) : string.Join(Environment.NewLine, report.Lines()));
            return report.Holds ? 0 : 1;
        });
        return command;
    }
}
