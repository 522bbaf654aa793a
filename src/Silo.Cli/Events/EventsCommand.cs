using System.CommandLine;
using Silo.Cli.Invocation;
using Silo.Client.Events;

namespace Silo.Cli.Events;

/// <summary><c>silo events</c>: what happens to tasks, as it happens.</summary>
internal sealed class EventsCommand
{
    private readonly CommandContext _context;
    private readonly ServerOptions _server;
    private readonly Option<string?> _queue = CommandContext.CallOption("--queue", "NAME", "Only events of this queue, and those that do not know theirs.", ValueParsers.Text);
    private readonly Option<string?> _node = CommandContext.CallOption("--node", "NAME", "Only events on this node.", ValueParsers.Text);
    private readonly Option<string?> _task = CommandContext.CallOption("--task", "ID", "Only events of this task, by id or number.", ValueParsers.Text);
    private readonly Option<string?> _since = CommandContext.CallOption("--since", "EVENT", "Go on after this event, by the eventId that --json shows. Default: with what comes.", EventId);

    private readonly Option<int?> _count = CommandContext.CallOption(
        "--count", "N", "End after so many events. Default: go on until stopped.", ValueParsers.Optional(ValueParsers.WholeNumber(1, int.MaxValue)));

    private EventsCommand(CommandContext context, Command command)
    {
        _context = context;
        _server = new ServerOptions(context, command);
        _since.Aliases.Add("--last-event-id");
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command("events", "Follow what happens to tasks, until stopped.");
        var verb = new EventsCommand(context, command);
        foreach (var option in new Option[] { verb._queue, verb._node, verb._task, verb._since, verb._count })
        {
            command.Options.Add(option);
        }

        command.SetAction(verb.RunAsync);
        return command;
    }

    private static string EventId(string text) => text.Length > 0 && text.All(letter => letter is > ' ' and <= '~') ? text : throw new FormatException("must be an eventId as --json shows it");

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _server.Connect(parsed);
        var printer = new EventPrinter(_context.Terminal, parsed.GetValue(_context.Json));
        var left = parsed.GetValue(_count) ?? long.MaxValue;
        var following = new EventFollowing
        {
            Queue = parsed.GetValue(_queue),
            Node = parsed.GetValue(_node),
            Task = parsed.GetValue(_task),
            LastId = parsed.GetValue(_since),
            Lost = reason => _context.Terminal.Say($"The stream of events is lost and sought again: {reason}"),
        };
        if (following.Task is { } task)
        {
            // A stream about a task that there is not would only be silent.
            await client.GetTaskAsync(task, wait: null, cancellationToken);
        }

        await foreach (var told in client.FollowEventsAsync(following, cancellationToken))
        {
            printer.Write(told);
            if (told.Task is not null && --left == 0)
            {
                break;
            }
        }

        return (int)ExitCode.Ok;
    }
}
