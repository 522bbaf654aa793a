using System.CommandLine;
using System.CommandLine.Parsing;
using Silo.Cli.Invocation;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Core.Tasks;

namespace Silo.Cli.Tasks;

/// <summary><c>silo submit TYPE [PAYLOAD]</c>: one task, and its result when asked to wait for it.</summary>
internal sealed class SubmitCommand
{
    private readonly CommandContext _context;
    private readonly ServerOptions _server;
    private readonly Argument<string> _type = new("TYPE") { Description = "The handler to run, such as echo, sleep, fail or file.digest." };

    private readonly Argument<string?> _payload = new("PAYLOAD")
    {
        Description = "JSON, @FILE, or - for standard input. Default null.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _queue = CommandContext.CallOption("--queue", "NAME", "The queue. Default: default.", ValueParsers.Text);

    private readonly Option<int?> _priority = CommandContext.CallOption(
        "--priority", "N", "0 to 100, higher first. Default 50.", ValueParsers.Optional(ValueParsers.WholeNumber(TaskLimits.PriorityMin, TaskLimits.PriorityMax)));

    private readonly Option<TimeSpan?> _delay = CommandContext.CallOption(
        "--delay", "TIME", "Not before this long from now, such as 30s or 5m.", ValueParsers.Optional(ValueParsers.Duration(TaskLimits.DelayMax)));

    private readonly Option<TimeSpan?> _timeout = CommandContext.CallOption(
        "--timeout", "TIME", "How long one attempt may run. Default 1h.", ValueParsers.Optional(ValueParsers.Duration(TaskLimits.TimeoutMax)));

    private readonly Option<int?> _attempts = CommandContext.CallOption(
        "--attempts", "N", "Attempts in all. Default 3.", ValueParsers.Optional(ValueParsers.WholeNumber(1, TaskLimits.AttemptsMaxMax)));

    private readonly Option<string?> _key = CommandContext.CallOption("--key", "KEY", "Idempotency key: two submits with one key are one task.", ValueParsers.Text);
    private readonly Option<string?> _node = CommandContext.CallOption("--node", "NAME", "Run on this node only.", ValueParsers.Text);
    private readonly Option<Dictionary<string, string>> _require = CommandContext.Labels("--require", "Run only on nodes that carry this label.");
    private readonly Option<Dictionary<string, string>> _labels = CommandContext.Labels("--label", "A mark of your own, for listing.");

    private readonly Option<TimeSpan?> _wait = new("--wait")
    {
        Description = "Wait for the end, at most this long (default 1h), and print the result.",
        HelpName = "TIME",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => result.Tokens is [var token]
            ? CommandContext.Parse(result, "--wait", token.Value, ValueParsers.Optional(ValueParsers.Duration(TaskLimits.TimeoutMax)))
            : TimeSpan.FromHours(1),
    };

    private SubmitCommand(CommandContext context, Command command)
    {
        _context = context;
        _server = new ServerOptions(context, command);
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command("submit", "Submit one task.");
        var verb = new SubmitCommand(context, command);
        verb._payload.Validators.Add(RefuseOption);
        command.Arguments.Add(verb._type);
        command.Arguments.Add(verb._payload);
        foreach (var option in new Option[]
        {
            verb._queue, verb._priority, verb._delay, verb._timeout, verb._attempts, verb._key, verb._node, verb._require, verb._labels, verb._wait,
        })
        {
            command.Options.Add(option);
        }

        command.SetAction(verb.RunAsync);
        return command;
    }

    /// <summary>No JSON begins with two hyphens: an option with a typing error must not be told to be a wrong payload, nor its value to be too much.</summary>
    private static void RefuseOption(ArgumentResult payload)
    {
        if (payload.Tokens is [{ Value: ['-', '-', ..] option }])
        {
            payload.AddError($"submit has no option '{option}'.");
        }
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var request = Request(parsed) with { Payload = await PayloadReader.ReadAsync(parsed.GetValue(_payload), Console.In, cancellationToken) };
        using var client = _server.Connect(parsed);
        var submitted = (await client.SubmitAsync([request], cancellationToken))[0];
        if (submitted.Conflict == true)
        {
            throw new CommandException(ExitCode.Conflict, $"The key '{request.IdempotencyKey}' belongs to task {submitted.Id}, which asked for something else; nothing was stored.");
        }

        if (parsed.GetValue(_wait) is not { } wait)
        {
            Write(parsed, submitted);
            return (int)ExitCode.Ok;
        }

        _context.Terminal.Say($"task {submitted.Id} ({submitted.Number})");
        var task = await TaskWait.UntilTerminalAsync(client, submitted.Id, wait, cancellationToken);
        return (int)TaskPrinter.WriteOutcome(_context, parsed, task);
    }

    private SubmitTaskRequest Request(ParseResult parsed) => new()
    {
        Type = parsed.GetRequiredValue(_type),
        Queue = parsed.GetValue(_queue),
        Priority = parsed.GetValue(_priority),
        DelaySeconds = parsed.GetValue(_delay)?.TotalSeconds,
        TimeoutSeconds = parsed.GetValue(_timeout)?.TotalSeconds,
        Retry = parsed.GetValue(_attempts) is { } attempts ? new RetryTerms { Attempts = attempts } : null,
        Placement = Placement(parsed),
        IdempotencyKey = parsed.GetValue(_key),
        Labels = parsed.GetValue(_labels),
    };

    private PlacementTerms? Placement(ParseResult parsed)
    {
        var terms = new PlacementTerms { Node = parsed.GetValue(_node), Labels = parsed.GetValue(_require) };
        return terms == new PlacementTerms() ? null : terms;
    }

    private void Write(ParseResult parsed, SubmittedTask submitted)
    {
        if (parsed.GetValue(_context.Json))
        {
            _context.Terminal.WriteJson(submitted, ApiJson.Wire.SubmittedTask);
            return;
        }

        _context.Terminal.WriteLine(submitted.Id.ToString());
        if (submitted.Duplicate == true)
        {
            _context.Terminal.Say("The key belongs to an earlier, equal task: this is that one.");
        }
    }
}
