using System.CommandLine;
using Silo.Cli.Invocation;
using Silo.Client;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Core.Tasks;

namespace Silo.Cli.Tasks;

/// <summary><c>silo tasks [ID]</c>: the newest tasks, or one as <c>silo task ID</c> shows it.</summary>
internal sealed class TasksCommand
{
    private const int LimitDefault = 50;
    private const int LimitMax = 1_000_000;

    private readonly CommandContext _context;
    private readonly ServerOptions _server;
    private readonly Argument<string?> _id = new("ID") { Description = "Id or number of one task.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<string?> _state = CommandContext.CallOption(
        "--state", "STATE", $"Only tasks that are {WireNames.All<TaskState>()}.", ValueParsers.OneOf([.. Enum.GetValues<TaskState>().Select(WireNames.Of)]));

    private readonly Option<string?> _queue = CommandContext.CallOption("--queue", "NAME", "Only tasks of this queue.", ValueParsers.Text);
    private readonly Option<string?> _type = CommandContext.CallOption("--type", "TYPE", "Only tasks of this type.", ValueParsers.Text);
    private readonly Option<string?> _node = CommandContext.CallOption("--node", "NAME", "Only tasks that this node ran last.", ValueParsers.Text);
    private readonly Option<string?> _label = CommandContext.CallOption(
        "--label", "NAME=VALUE", "Only tasks with this mark.", text => ValueParsers.Label(text) is var label ? $"{label.Key}:{label.Value}" : null);

    private readonly Option<int?> _limit = CommandContext.CallOption(
        "--limit", "N", $"At most so many. Default {LimitDefault}.", ValueParsers.Optional(ValueParsers.WholeNumber(1, LimitMax)));

    private TasksCommand(CommandContext context, Command command)
    {
        _context = context;
        _server = new ServerOptions(context, command);
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command("tasks", "List tasks, newest first, or show one.");
        var verb = new TasksCommand(context, command);
        command.Arguments.Add(verb._id);
        foreach (var option in new Option[] { verb._state, verb._queue, verb._type, verb._node, verb._label, verb._limit })
        {
            command.Options.Add(option);
        }

        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _server.Connect(parsed);
        var json = parsed.GetValue(_context.Json);
        if (parsed.GetValue(_id) is { } id)
        {
            TaskPrinter.WriteDetails(_context, parsed, await client.GetTaskAsync(id, wait: null, cancellationToken));
            return (int)ExitCode.Ok;
        }

        var tasks = await ListAsync(client, parsed, cancellationToken);
        if (!json)
        {
            TaskPrinter.WriteList(_context.Terminal, tasks);
            return (int)ExitCode.Ok;
        }

        foreach (var task in tasks)
        {
            _context.Terminal.WriteJson(task, ApiJson.Wire.TaskResponse);
        }

        return (int)ExitCode.Ok;
    }

    private async Task<List<TaskResponse>> ListAsync(SiloHttpClient client, ParseResult parsed, CancellationToken cancellationToken)
    {
        var filter = new Dictionary<string, string?>
        {
            ["state"] = parsed.GetValue(_state),
            ["queue"] = parsed.GetValue(_queue),
            ["type"] = parsed.GetValue(_type),
            ["node"] = parsed.GetValue(_node),
            ["label"] = parsed.GetValue(_label),
        };
        return await TaskListing.ReadAsync(client, filter, parsed.GetValue(_limit) ?? LimitDefault, cancellationToken);
    }
}
