using System.CommandLine;
using Silo.Cli.Invocation;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Core.Tasks;

namespace Silo.Cli.Tasks;

/// <summary><c>silo task ID</c>: one task in full, its result alone, or its way to the end.</summary>
internal sealed class TaskCommand
{
    private static readonly TimeSpan WatchMax = TimeSpan.FromDays(3650);

    private readonly CommandContext _context;
    private readonly ServerOptions _server;
    private readonly Argument<string> _id = new("ID") { Description = "Id or number of the task." };
    private readonly Option<bool> _result = new("--result") { Description = "Print the result only. A task that has not ended is a conflict; one that did not succeed exits with 1." };

    private readonly Option<TimeSpan?> _watch = new("--watch")
    {
        Description = "Show its progress until it has ended, at most this long (default: no limit). The exit code is then that of the task.",
        HelpName = "TIME",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => result.Tokens is [var token]
            ? CommandContext.Parse(result, "--watch", token.Value, ValueParsers.Optional(ValueParsers.Duration(WatchMax)))
            : WatchMax,
    };

    private TaskCommand(CommandContext context, Command command)
    {
        _context = context;
        _server = new ServerOptions(context, command);
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command("task", "Show one task.");
        var verb = new TaskCommand(context, command);
        command.Arguments.Add(verb._id);
        command.Options.Add(verb._result);
        command.Options.Add(verb._watch);
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _server.Connect(parsed);
        var id = parsed.GetRequiredValue(_id);
        var watched = parsed.GetValue(_watch) is not null;
        var task = watched
            ? await TaskWatch.UntilTerminalAsync(_context.Terminal, client, id, parsed.GetValue(_watch)!.Value, cancellationToken)
            : await client.GetTaskAsync(id, wait: null, cancellationToken);
        if (parsed.GetValue(_result))
        {
            RequireEnd(task);
            return (int)TaskPrinter.WriteOutcome(_context, parsed, task);
        }

        TaskPrinter.WriteDetails(_context, parsed, task);
        return (int)(watched && WireNames.Parse<TaskState>(task.State) != TaskState.Succeeded ? ExitCode.Failed : ExitCode.Ok);
    }

    private static void RequireEnd(TaskResponse task)
    {
        if (!TaskWait.IsTerminal(task))
        {
            throw new CommandException(ExitCode.Conflict, $"Task {task.Id} is {task.State}: it has no result yet. Wait for it with: silo task {task.Id} --result --watch");
        }
    }
}
