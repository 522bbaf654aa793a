using System.CommandLine;
using Silo.Cli.Invocation;
using Silo.Contracts.Json;

namespace Silo.Cli.Nodes;

/// <summary><c>silo drain NODE</c>: nothing more starts there, and what has not started goes elsewhere.</summary>
internal static class DrainCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("drain", "Give a node nothing more to start; what runs there may end, what has not started goes elsewhere.");
        var server = new ServerOptions(context, command);
        var node = new Argument<string>("NODE") { Description = "The node's name." };
        var resume = new Option<bool>("--resume") { Description = "End the drain instead." };
        command.Arguments.Add(node);
        command.Options.Add(resume);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = server.Connect(parsed);
            var name = parsed.GetRequiredValue(node);
            var changed = parsed.GetValue(resume)
                ? await client.ResumeNodeAsync(name, cancellationToken)
                : await client.DrainNodeAsync(name, cancellationToken);
            if (parsed.GetValue(context.Json))
            {
                context.Terminal.WriteJson(changed, ApiJson.Wire.NodeResponse);
                return (int)ExitCode.Ok;
            }

            NodesCommand.WriteTable(context.Terminal, [changed]);
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
