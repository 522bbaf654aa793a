using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Silo.Benchmarks.Invocation;
using Silo.Benchmarks.Measuring;

namespace Silo.Benchmarks.Memory;

/// <summary><c>bench memory</c>, and <c>bench memory-round</c>, the process that it starts for each round.</summary>
internal static class MemoryCommand
{
    private const string RoundName = "memory-round";

    public static Command Create(TextWriter output, TextWriter messages)
    {
        var rounds = WholeNumber.Option("--rounds", "Rounds, each in a process of its own.", MemoryOptions.Default.Rounds, 1000);
        var tasks = TasksOption();
        return BenchCommand.Create(
            "memory",
            "Resident memory that waiting tasks add to a server.",
            [rounds, tasks],
            (parsed, cancellationToken) =>
                RunAsync(MemoryOptions.Default with { Rounds = parsed.GetValue(rounds), Tasks = parsed.GetValue(tasks) }, messages, cancellationToken),
            BenchJson.Default.MemoryReport,
            output);
    }

    public static Command CreateRound(TextWriter output)
    {
        var tasks = TasksOption();
        var command = new Command(RoundName, "One round of memory, in this process.") { tasks };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var round = await MemoryRound.RunAsync(MemoryOptions.Default with { Tasks = parsed.GetValue(tasks) }, cancellationToken);
            output.WriteLine(JsonSerializer.Serialize(round, BenchJson.Default.MemoryRound));
            return 0;
        });
        return command;
    }

    private static Option<int> TasksOption() => WholeNumber.Option("--tasks", "Tasks that wait at once.", MemoryOptions.Default.Tasks, 10_000_000);

    private static async Task<MemoryReport> RunAsync(MemoryOptions options, TextWriter messages, CancellationToken cancellationToken)
    {
        var session = SessionSettings.Read();
        var rounds = new List<MemoryRound>(options.Rounds);
        for (var number = 1; number <= options.Rounds; number++)
        {
            var round = await RunRoundAsync(options, cancellationToken);
            rounds.Add(round);
            await messages.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"round {number}: {round.AddedMebibytes} MiB added to {round.BaseMebibytes} MiB"));
        }

        return MemoryReport.Of(rounds, options, session);
    }

    private static async Task<MemoryRound> RunRoundAsync(MemoryOptions options, CancellationToken cancellationToken)
    {
        // A test runs this in a program of its own, so the name of the running one says only whether it is dotnet.
        var running = Environment.ProcessPath ?? "";
        var start = new ProcessStartInfo(Path.GetFileNameWithoutExtension(running) == "dotnet" ? running : "dotnet") { RedirectStandardOutput = true };
        foreach (var argument in new[] { typeof(MemoryCommand).Assembly.Location, RoundName, "--tasks", options.Tasks.ToString(CultureInfo.InvariantCulture) })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("The process of a round did not start.");
        await using var stop = cancellationToken.Register(process.Kill);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize(output, BenchJson.Default.MemoryRound)!
            : throw new InvalidOperationException($"The process of a round ended with code {process.ExitCode}.");
    }
}
