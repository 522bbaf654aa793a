using System.CommandLine;
using Silo.Cli.Invocation;
using Silo.Contracts.Json;

namespace Silo.Cli.Nodes;

/// <summary><c>silo nodes remove NAME...</c>: takes nodes that have left or died off the list.</summary>
internal static class RemoveNodesCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("remove", "Take nodes that have left or died off the list. One that lives is a conflict: drain it, then stop its worker.");
        var server = new ServerOptions(context, command);
        var names = new Argument<string[]>("NAME") { Description = "Names of nodes.", Arity = ArgumentArity.OneOrMore };
        command.Arguments.Add(names);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = server.Connect(parsed);
            var json = parsed.GetValue(context.Json);
            return (int)await EachTarget.RunAsync(
                context.Terminal,
                parsed.GetRequiredValue(names),
                async name =>
                {
                    var removed = await client.RemoveNodeAsync(name, cancellationToken);
                    if (json)
                        context.Terminal.WriteJson(removed, ApiJson.Wire.NodeResponse);
                    else
                        context.Terminal.WriteLine($"{removed.Name}\tremoved");
                },
                cancellationToken);
        });
        return command;
    }
}
