using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Contracts.Json;
using Silo.Handlers;

namespace Silo.Cli.Serving;

/// <summary>What both long-running verbs take: how much they say, what the built-in handlers may do, and when to stop.</summary>
internal sealed class ServingOptions
{
    public const string StopWithStdinName = "--stop-with-stdin";

    /// <summary>How long a server that is told to stop may take, once its node has left; manifests and units wait longer than this.</summary>
    public static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(60);

    private readonly Option<string?> _filesRoot;
    private readonly Option<string[]?> _httpPrivate;
    private readonly Option<string[]?> _programs;
    private readonly Option<string[]?> _programVariables;
    private readonly Option<string?> _log;

    private readonly Option<bool> _stopWithStdin = new(StopWithStdinName)
    {
        Description = "Stop in order when standard input ends, so that a program that starts Silo is never outlived by it.",
    };

    public ServingOptions(CommandContext context, Command command)
    {
        _filesRoot = context.Option(Settings.FilesRoot);
        _httpPrivate = context.Option(Settings.AllowHttpPrivate);
        _programs = context.Option(Settings.AllowProcess);
        _programVariables = context.Option(Settings.AllowProcessEnv);
        _log = context.Option(Settings.Log);
        command.Options.Add(_filesRoot);
        command.Options.Add(_httpPrivate);
        command.Options.Add(_programs);
        command.Options.Add(_programVariables);
        command.Options.Add(_log);
        command.Options.Add(_stopWithStdin);
    }

    /// <summary>What the built-in handlers may do here.</summary>
    public HandlersOptions Handlers(ParseResult parsed)
    {
        var handlers = new HandlersOptions { FilesRoot = parsed.GetValue(_filesRoot) };
        foreach (var entry in parsed.GetValue(_httpPrivate) ?? [])
        {
            handlers.Http.AllowedPrivate.Add(entry);
        }

        foreach (var program in parsed.GetValue(_programs) ?? [])
        {
            handlers.Processes.Allowed.Add(program);
        }

        foreach (var name in parsed.GetValue(_programVariables) ?? [])
        {
            handlers.Processes.TaskEnvironment.Add(name);
        }

        return handlers;
    }

    /// <summary>Logs go to the error stream: standard output is for data.</summary>
    public void ConfigureLogging(ILoggingBuilder logging, ParseResult parsed)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(WireNames.Parse<LogLevel>(parsed.GetValue(_log)!));
    }

    public bool StopsWithStdin(ParseResult parsed) => parsed.GetValue(_stopWithStdin);

    /// <summary>Completes when the process is to stop.</summary>
    /// <param name="stopping">Set by SIGINT and SIGTERM.</param>
    public async Task WhenStoppingAsync(ParseResult parsed, CancellationToken stopping)
    {
        var stopped = Task.Delay(Timeout.Infinite, stopping);
        await Task.WhenAny(StopsWithStdin(parsed) ? [stopped, WhenStdinEndsAsync()] : [stopped]);
    }

    private static async Task WhenStdinEndsAsync()
    {
        // A read of the console's stream blocks a thread of its own.
        await using var input = Console.OpenStandardInput();
        var ignored = new byte[256];
        await Task.Run(() =>
        {
            while (input.Read(ignored) > 0)
            {
                // Only its end matters.
            }
        });
    }
}
