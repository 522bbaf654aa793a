using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.InteropServices;
using Silo.Cli.Configuration;

namespace Silo.Cli.Invocation;

/// <summary>The whole program as a function: arguments and environment in, output and an exit code out.</summary>
internal static class SiloProgram
{
    /// <summary>An argument that begins with @ is a payload file, not a file of more arguments.</summary>
    public static ParserConfiguration Parsing { get; } = new() { ResponseFileTokenReplacer = null };

    /// <param name="args">The command line without the program's name.</param>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="environment">All environment variables.</param>
    /// <param name="cancellationToken">Stops the command in order.</param>
    public static Task<int> RunAsync(
        IReadOnlyList<string> args, Terminal terminal, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken = default) =>
        RunAsync(args, terminal, environment, cluster: null, cancellationToken);

    /// <inheritdoc cref="RunAsync(IReadOnlyList{string}, Terminal, IReadOnlyDictionary{string, string}, CancellationToken)"/>
    /// <param name="cluster">The larger program that this one is part of; null for none.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args,
        Terminal terminal,
        IReadOnlyDictionary<string, string> environment,
        ClusterProgram? cluster,
        CancellationToken cancellationToken = default)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = StopOn(PosixSignal.SIGINT, stopping);
        using var terminate = StopOn(PosixSignal.SIGTERM, stopping);
        var (parsed, problems) = Parse(args, terminal, environment, cluster);
        if (problems.Count > 0)
        {
            return (int)RefuseUsage(parsed, problems, terminal);
        }

        try
        {
            // Exceptions and signals are ours: they have exit codes, and a server needs its time to drain.
            var invocation = new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, stopping.Token);
        }
        catch (Exception exception) when (Failure.Of(exception, stopping.Token) is { } failure)
        {
            terminal.Say(failure.Message);
            return (int)failure.ExitCode;
        }
    }

    /// <summary>Parses twice: what the options are when nobody sets them depends on a file, and which file that is stands on the command line.</summary>
    private static (ParseResult Parsed, IReadOnlyList<string> Problems) Parse(
        IReadOnlyList<string> args, Terminal terminal, IReadOnlyDictionary<string, string> environment, ClusterProgram? cluster)
    {
        var first = new CommandContext(terminal, SettingValues.Nothing);
        var parsed = SiloCommandLine.Create(first, cluster).Parse(args, Parsing);
        var takesSettings = parsed.Action is not HelpAction && parsed.CommandResult.Command.Options.Any(option => option is ISettingOption);
        if (!takesSettings)
        {
            return (parsed, Texts(parsed));
        }

        var file = parsed.GetResult(first.ConfigurationFile) is { } given && !given.Errors.Any() ? parsed.GetValue(first.ConfigurationFile) : environment.GetValueOrDefault(SettingValues.FileVariable);
        var values = SettingValues.Read(environment, string.IsNullOrEmpty(file) ? null : file);
        parsed = SiloCommandLine.Create(new CommandContext(terminal, values), cluster).Parse(args, Parsing);
        return (parsed, [.. values.Problems.Concat(Texts(parsed)).Distinct()]);
    }

    private static List<string> Texts(ParseResult parsed) => UnknownVerb(parsed) ?? [.. parsed.Errors.Select(error => error.Message).Distinct()];

    /// <summary>All problems at once, and where the right way to say it is written.</summary>
    private static ExitCode RefuseUsage(ParseResult parsed, IReadOnlyList<string> problems, Terminal terminal)
    {
        foreach (var problem in problems)
        {
            terminal.Say(problem);
        }

        var path = new List<string>();
        for (var command = parsed.CommandResult; command.Parent is System.CommandLine.Parsing.CommandResult parent; command = parent)
        {
            path.Insert(0, command.Command.Name);
        }

        terminal.Say($"Try: silo {string.Join(' ', [.. path, "--help"])}");
        return ExitCode.Usage;
    }

    /// <summary>A verb that there is not makes everything after it wrong too; one sentence is enough.</summary>
    private static List<string>? UnknownVerb(ParseResult parsed) =>
        parsed.CommandResult is { Parent: null, Command: var root } && parsed.UnmatchedTokens is [var verb, ..]
            ? [$"There is no verb '{verb}'; there are {string.Join(", ", root.Subcommands.Where(command => !command.Hidden).Select(command => command.Name))}."]
            : null;

    /// <summary>The first signal asks for an orderly stop, the second one ends the process as if nobody listened.</summary>
    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stopping) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = !stopping.IsCancellationRequested;
            stopping.Cancel();
        });
}
