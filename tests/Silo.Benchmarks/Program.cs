using System.CommandLine;
using Silo.Benchmarks.Flood;
using Silo.Benchmarks.Throughput;

var root = new Command("bench", "Measures Silo. Every figure is one run on this machine, with durable settings; compare figures of one machine only.");
root.Options.Add(new System.CommandLine.Help.HelpOption());
root.Subcommands.Add(ThroughputCommand.Create());
root.Subcommands.Add(FloodCommand.Create(Console.Out, Console.Error));
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }

    Console.Error.WriteLine("Try: ./silo bench --help");
    return 2;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
