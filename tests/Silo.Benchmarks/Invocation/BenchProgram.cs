using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using Silo.Benchmarks.Ceiling;
using Silo.Benchmarks.Cluster;
using Silo.Benchmarks.Enqueue;
using Silo.Benchmarks.Filled;
using Silo.Benchmarks.Flood;
using Silo.Benchmarks.Latency;
using Silo.Benchmarks.Memory;
using Silo.Benchmarks.Peers;
using Silo.Benchmarks.Recovery;
using Silo.Benchmarks.Throughput;
using Silo.Benchmarks.Xmin;
using Silo.Cli.Invocation;

namespace Silo.Benchmarks.Invocation;

/// <summary>The command line of the benchmarks: figures on stdout, everything else on stderr.</summary>
internal static class BenchProgram
{
    private const int UsageError = 2;

    /// <summary>Runs one benchmark, or lists them when none is named.</summary>
    /// <returns>0; 1 when a task was lost or ran wrong, or a benchmark did not come to its end; 2 for arguments that are wrong; 7 for a benchmark of what this build has not.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter messages)
    {
        var root = new Command("bench", "Measures Silo on this machine with durable settings. Compare figures of one machine and one run only.");
        root.Options.Add(new HelpOption());
        root.Subcommands.Add(ThroughputCommand.Create(output, messages));
        root.Subcommands.Add(LatencyCommand.Create(output, messages));
        root.Subcommands.Add(MemoryCommand.Create(output, messages));
        root.Subcommands.Add(MemoryCommand.CreateRound(output));
        root.Subcommands.Add(FloodCommand.Create(output, messages));
        root.Subcommands.Add(CeilingCommand.Create(output, messages));
        root.Subcommands.Add(ClusterCommand.Create(output, messages));
        root.Subcommands.Add(PeersCommand.Create(output, messages));
        root.Subcommands.Add(PeersCommand.CreateCpu(output, messages));
        root.Subcommands.Add(FilledCommand.CreateHistory(output, messages));
        root.Subcommands.Add(FilledCommand.CreateBacklog(output, messages));
        root.Subcommands.Add(XminCommand.Create(output, messages));
        root.Subcommands.Add(RecoveryCommand.Create(output, messages));
        root.Subcommands.Add(EnqueueCommand.Create(output, messages));
        if (arguments.Length == 0)
        {
            List(root, output);
            return 0;
        }

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                messages.WriteLine(error.Message);
            }

            messages.WriteLine("Try: ./silo bench --help");
            return UsageError;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = messages });
        }
        catch (CommandException refusal)
        {
            messages.WriteLine(refusal.Message);
            return (int)refusal.ExitCode;
        }
    }

    private static void List(Command root, TextWriter output)
    {
        foreach (var benchmark in root.Subcommands.Where(command => !command.Hidden))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{benchmark.Name,-12} {benchmark.Description}"));
        }
    }
}
