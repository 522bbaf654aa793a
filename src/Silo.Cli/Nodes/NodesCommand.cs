using System.CommandLine;
using System.Globalization;
using Silo.Cli.Invocation;
using Silo.Contracts.Json;
using Silo.Contracts.Nodes;

namespace Silo.Cli.Nodes;

/// <summary><c>silo nodes</c>: every node the scheduler knows, dead ones included until they are removed.</summary>
internal static class NodesCommand
{
    private static readonly string[] Columns = ["NODE", "STATE", "INCARNATION", "SLOTS", "OCCUPIED", "RUNNING", "WEIGHT", "TIER", "KIND", "PLACED", "CPU%", "MEM%", "LABELS"];

    public static Command Create(CommandContext context)
    {
        var command = new Command("nodes", "List nodes: slots, load, state.");
        var server = new ServerOptions(context, command);
        command.Subcommands.Add(RemoveNodesCommand.Create(context));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = server.Connect(parsed);
            var nodes = (await client.ListNodesAsync(cancellationToken)).Nodes;
            if (!parsed.GetValue(context.Json))
            {
                WriteTable(context.Terminal, nodes);
                return (int)ExitCode.Ok;
            }

            foreach (var node in nodes)
            {
                context.Terminal.WriteJson(node, ApiJson.Wire.NodeResponse);
            }

            return (int)ExitCode.Ok;
        });
        return command;
    }

    public static void WriteTable(Terminal terminal, IEnumerable<NodeResponse> nodes) => terminal.WriteTable(Columns, nodes.Select(Cells));

    private static string[] Cells(NodeResponse node) =>
    [
        node.Name,
        node switch { { Alive: false } => "dead", { Draining: true } => "draining", _ => "alive" },
        Text(node.Incarnation),
        Text(node.Slots),
        Text(node.Occupied),
        Text(node.Running),
        Text(node.Weight),
        node.Tier,
        node.Kind,
        Text(node.Placed),
        node.Load is { } cpu ? Text(cpu.CpuPercent) : "",
        node.Load is { } memory ? Text(memory.MemoryPercent) : "",
        string.Join(", ", (node.Labels ?? new Dictionary<string, string>()).Select(label => $"{label.Key}={label.Value}")),
    ];

    private static string Text(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
