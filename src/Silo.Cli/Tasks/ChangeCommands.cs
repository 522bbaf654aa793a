using System.CommandLine;
using System.Globalization;
using Silo.Cli.Invocation;
using Silo.Client;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;

namespace Silo.Cli.Tasks;

/// <summary><c>silo cancel ID...</c> and <c>silo retry ID...</c>: the same change asked of several tasks.</summary>
internal static class ChangeCommands
{
    private delegate Task<TaskChange> Change(SiloHttpClient client, string task, CancellationToken cancellationToken);

    public static Command CreateCancel(CommandContext context) => Create(
        context,
        "cancel",
        "Cancel tasks: what waits never starts, what runs is told to stop. A task that has ended is a conflict.",
        (client, task, cancellationToken) => client.CancelTaskAsync(task, cancellationToken));

    public static Command CreateRetry(CommandContext context) => Create(
        context,
        "retry",
        "Run failed or cancelled tasks once more. A task that waits, runs or succeeded is a conflict.",
        (client, task, cancellationToken) => client.RetryTaskAsync(task, cancellationToken));

    private static Command Create(CommandContext context, string name, string description, Change change)
    {
        var command = new Command(name, description);
        var server = new ServerOptions(context, command);
        var ids = new Argument<string[]>("ID") { Description = "Ids or numbers of tasks.", Arity = ArgumentArity.OneOrMore };
        command.Arguments.Add(ids);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = server.Connect(parsed);
            var json = parsed.GetValue(context.Json);
            return (int)await EachTarget.RunAsync(
                context.Terminal,
                parsed.GetRequiredValue(ids),
                async task => Write(context.Terminal, await change(client, task, cancellationToken), json),
                cancellationToken);
        });
        return command;
    }

    private static void Write(Terminal terminal, TaskChange change, bool json)
    {
        if (json)
        {
            terminal.WriteJson(change, ApiJson.Wire.TaskChange);
            return;
        }

        var attempt = change.Attempt is { } number ? $"\tattempt {number.ToString(CultureInfo.InvariantCulture)}" : "";
        terminal.WriteLine($"{change.Id}\t{(change.Cancelling == true ? "cancelling" : change.State)}{attempt}");
    }
}
