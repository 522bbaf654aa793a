using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Silo.Benchmarks.Throughput;

/// <summary><c>bench throughput</c>: no-op tasks through one process.</summary>
internal static class ThroughputCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Write the result as one JSON document." };
        var tasks = Whole("--tasks", "Tasks in all.", 50_000, 10_000_000);
        var group = Whole("--group", "Tasks in one submit call.", 500, 10_000);
        var submitters = Whole("--submitters", "Clients that submit at once.", 4, 1000);
        var slots = Whole("--slots", "Slots of the one node.", 32, 10_000);
        var payload = Whole("--payload-bytes", "Size of a payload.", 100, 1_000_000);
        var command = new Command("throughput", "No-op tasks: submit, run, outcome durable; client, engine, SQLite and node in this process.");
        foreach (var option in new Option[] { tasks, group, submitters, slots, payload, json })
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var load = new ThroughputLoad(
                parsed.GetValue(tasks), parsed.GetValue(group), parsed.GetValue(submitters), parsed.GetValue(slots), parsed.GetValue(payload));
            var result = await ThroughputBenchmark.RunAsync(load, cancellationToken);
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(result, ThroughputJson.Default.ThroughputResult) : Text(result));
            return result.Succeeded == result.Tasks ? 0 : 1;
        });
        return command;
    }

    private static Option<int> Whole(string name, string description, int fallback, int max)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= max))
            {
                result.AddError($"{name} '{token.Value}' must be a whole number from 1 to {max}.");
            }
        });
        return option;
    }

    private static string Text(ThroughputResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Tasks} no-op tasks in {result.Seconds:0.00} s: {result.TasksPerSecond:0} a second submitted, run and recorded; {result.CpuSecondsPerThousand:0.000} CPU seconds per 1,000");
}
