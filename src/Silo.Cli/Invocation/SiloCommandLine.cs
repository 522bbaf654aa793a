using System.CommandLine;

namespace Silo.Cli.Invocation;

/// <summary>The tree of verbs.</summary>
internal static class SiloCommandLine
{
    public static RootCommand Create(CommandContext context)
    {
        var root = new RootCommand("Silo runs tasks on nodes: submit a task, a scheduler picks a node, the node runs it, one outcome is recorded.");
        root.Options.Add(context.Json);
        return root;
    }
}
