using System.CommandLine;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Cli.Ledger;
using Silo.Cli.Supervision;
using Silo.Client;
using Silo.Client.Workers;
using Silo.Contracts.Json;
using Silo.Core.Nodes;
using Silo.Core.Workers;
using Silo.Gateway.Security;
using Silo.Handlers;

namespace Silo.Cli.Serving;

/// <summary><c>silo worker</c>: this process becomes a node of a server, with the built-in handlers.</summary>
internal sealed class WorkerCommand
{
    private readonly CommandContext _context;
    private readonly ServerOptions _server;
    private readonly ServingOptions _serving;
    private readonly Option<string?> _name;
    private readonly Option<int> _slots;
    private readonly Option<int?> _weight;
    private readonly Option<string?> _tier;
    private readonly Option<TimeSpan> _grace;
    private readonly Option<string?> _ledger;
    private readonly Option<Dictionary<string, string>?> _labels;

    private WorkerCommand(CommandContext context, Command command)
    {
        _context = context;
        _server = new ServerOptions(context, command);
        _name = context.Option(Settings.Name);
        _slots = context.Option(Settings.Slots, ValueParsers.WholeNumber(1, NodeLimits.SlotsMax));
        _weight = context.Option(Settings.Weight);
        _tier = context.Option(Settings.Tier);
        _grace = context.Option(Settings.Grace);
        _ledger = context.Option(Settings.Ledger);
        _labels = context.Option(Settings.Label);
        foreach (var option in new Option[] { _name, _slots, _weight, _tier, _grace, _ledger, _labels })
        {
            command.Options.Add(option);
        }

        _serving = new ServingOptions(context, command);
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command("worker", "Join a server as a node and run its tasks.");
        command.SetAction(new WorkerCommand(context, command).RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = Options(parsed);
        if (options.Validate() is { Count: > 0 } problems)
        {
            throw new CommandException(ExitCode.Usage, string.Join(Environment.NewLine, problems));
        }

        using var client = _server.Connect(parsed);
        await CheckKeyAsync(client, cancellationToken);
        using var ledger = LedgerFile.OpenOrNull(parsed.GetValue(_ledger));
        var recorder = ledger is null ? null : new LedgerRecorder(ledger, options.Name, TimeProvider.System);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        _serving.ConfigureLogging(builder.Logging, parsed);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopGrace + options.CancelGrace + options.CancelGrace);
        builder.Services.AddBuiltInHandlers(_serving.Handlers(parsed));
        builder.Services.AddSingleton(recorder?.Watch(client.NodeDoor(options.Name)) ?? client.NodeDoor(options.Name));
        if (recorder is not null)
        {
            builder.Services.AddSingleton<IExecutionObserver>(recorder);
        }

        builder.Services.AddSiloWorker(options);
        using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        _context.Terminal.Say($"Worker {options.Name} with {options.Slots} slots, for {_server.Address(parsed)}");
        var notice = SupervisorNotice.Of(_context.Values.Variable, _context.Terminal, Environment.ProcessId, TimeProvider.System);
        notice.Ready($"Node {options.Name} of {_server.Address(parsed)}");
        await notice.WatchUntilAsync(
            Task.WhenAny(_serving.WhenStoppingAsync(parsed, cancellationToken), host.WaitForShutdownAsync(CancellationToken.None)),
            host.Services.GetServices<IHostedService>().OfType<IWorkerStatus>().Single().ReadStatusAsync);
        notice.Stopping();
        await host.StopAsync(CancellationToken.None);
        ThrowIfBroken(host);
        return (int)ExitCode.Ok;
    }

    /// <summary>A worker that the server refuses would otherwise knock for ever. One that does not reach it yet goes on: the server may be about to start.</summary>
    private static async Task CheckKeyAsync(SiloHttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            var caller = await client.GetSessionAsync(cancellationToken);
            if (!caller.Scopes.Contains(WireNames.Of(Scope.Worker)))
            {
                throw new CommandException(ExitCode.Unauthorized, $"The API key '{caller.Name}' has {string.Join(", ", caller.Scopes)}; a worker needs the scope '{WireNames.Of(Scope.Worker)}'.");
            }
        }
        catch (SiloApiException other) when (other.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden))
        {
            // Not ready, or another program at this address for a moment: registering says it again if it stays so.
        }
        catch (Exception silent) when (silent is HttpRequestException or TimeoutException)
        {
            // Registering tries until somebody answers.
        }
    }

    /// <summary>A worker that broke down has stopped its host by itself, which says so nowhere else.</summary>
    private static void ThrowIfBroken(IHost host)
    {
        foreach (var service in host.Services.GetServices<IHostedService>().OfType<BackgroundService>())
        {
            if (service.ExecuteTask is { IsFaulted: true, Exception.InnerException: { } broken })
            {
                throw new CommandException(ExitCode.Failed, broken.Message, broken);
            }
        }
    }

    private WorkerOptions Options(ParseResult parsed) => new()
    {
        Name = parsed.GetValue(_name)!,
        Slots = parsed.GetValue(_slots),
        Weight = parsed.GetValue(_weight),
        Tier = WireNames.Parse<NodeTier>(parsed.GetValue(_tier)!),
        StopGrace = parsed.GetValue(_grace),
        Labels = parsed.GetValue(_labels) ?? [],
    };
}
