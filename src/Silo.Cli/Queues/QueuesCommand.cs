using System.CommandLine;
using System.Globalization;
using Silo.Cli.Invocation;
using Silo.Contracts.Json;
using Silo.Contracts.Queues;

namespace Silo.Cli.Queues;

/// <summary><c>silo queues [NAME]</c>: what waits where; with settings, changes that queue or makes it.</summary>
internal sealed class QueuesCommand
{
    private static readonly string[] Columns = ["QUEUE", "STRATEGY", "PAUSED", "LIMIT", "WAITING", "ON NODES", "SUCCEEDED", "FAILED", "CANCELLED"];

    private readonly CommandContext _context;
    private readonly ServerOptions _server;
    private readonly Argument<string?> _name = new("NAME") { Description = "One queue.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _strategy = CommandContext.CallOption("--strategy", "NAME", "How nodes are chosen, such as least-tasks or weighted.", ValueParsers.Text);
    private readonly Option<bool?> _paused = CommandContext.CallOption<bool?>(
        "--paused", "true|false", "A paused queue starts nothing.", text => ValueParsers.OneOf("true", "false")(text) == "true");

    private readonly Option<int?> _concurrency = CommandContext.CallOption(
        "--concurrency", "N", "Tasks of this queue that may be on nodes at once.", ValueParsers.Optional(ValueParsers.WholeNumber(1, int.MaxValue)));

    private QueuesCommand(CommandContext context, Command command)
    {
        _context = context;
        _server = new ServerOptions(context, command);
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command("queues", "List queues, or set one up. Settings that are not given stay as they are.");
        var verb = new QueuesCommand(context, command);
        command.Arguments.Add(verb._name);
        command.Options.Add(verb._strategy);
        command.Options.Add(verb._paused);
        command.Options.Add(verb._concurrency);
        command.Validators.Add(result =>
        {
            if (result.GetValue(verb._name) is null && new Option[] { verb._strategy, verb._paused, verb._concurrency }.Any(option => result.GetResult(option) is not null))
            {
                result.AddError("Which queue is to be set? Give its NAME.");
            }
        });
        command.SetAction(verb.RunAsync);
        return command;
    }

    public static void WriteTable(Terminal terminal, IEnumerable<QueueResponse> queues) => terminal.WriteTable(Columns, queues.Select(Cells));

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _server.Connect(parsed);
        var name = parsed.GetValue(_name);
        var (strategy, paused, concurrency) = (parsed.GetValue(_strategy), parsed.GetValue(_paused), parsed.GetValue(_concurrency));
        var queues = (await client.ListQueuesAsync(cancellationToken)).Queues.Where(queue => name is null || queue.Name == name).ToList();
        if (strategy is not null || paused is not null || concurrency is not null)
        {
            var found = queues.FirstOrDefault();
            var request = new SetQueueRequest
            {
                Strategy = strategy ?? found?.Strategy,
                Paused = paused ?? found?.Paused,
                ConcurrencyMax = concurrency ?? found?.ConcurrencyMax,
            };
            queues = [await client.SetQueueAsync(name!, request, cancellationToken)];
        }
        else if (name is not null && queues.Count == 0)
        {
            throw new CommandException(ExitCode.NotFound, $"There is no queue '{name}'. Make it with: silo queues {name} --strategy least-tasks");
        }

        Write(queues, parsed.GetValue(_context.Json));
        return (int)ExitCode.Ok;
    }

    private void Write(IReadOnlyList<QueueResponse> queues, bool json)
    {
        if (!json)
        {
            WriteTable(_context.Terminal, queues);
            return;
        }

        foreach (var queue in queues)
        {
            _context.Terminal.WriteJson(queue, ApiJson.Wire.QueueResponse);
        }
    }

    private static string[] Cells(QueueResponse queue) =>
    [
        queue.Name,
        queue.Strategy,
        queue.Paused ? "paused" : "",
        queue.ConcurrencyMax?.ToString(CultureInfo.InvariantCulture) ?? "",
        Text(queue.Counts?.Waiting),
        Text(queue.OnNodes),
        Text(queue.Counts?.Succeeded),
        Text(queue.Counts?.Failed),
        Text(queue.Counts?.Cancelled),
    ];

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
