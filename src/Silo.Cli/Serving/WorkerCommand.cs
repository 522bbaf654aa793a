using System.CommandLine;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Silo.Cli.Invocation;
using Silo.Cli.Ledger;
using Silo.Cli.Supervision;
using Silo.Client;
using Silo.Client.Workers;
using Silo.Contracts.Json;
using Silo.Core.Workers;
using Silo.Gateway.Security;
using Silo.Handlers;

namespace Silo.Cli.Serving;

/// <summary><c>silo worker</c>: this process becomes a node of a server, with the built-in handlers.</summary>
internal sealed class WorkerCommand
{
    private readonly CommandContext _context;
    private readonly NodeOptions _node;

    private WorkerCommand(CommandContext context, Command command)
    {
        _context = context;
        _node = new NodeOptions(context, command);
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command("worker", "Join a server as a node and run its tasks.");
        command.SetAction(new WorkerCommand(context, command).RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = _node.Read(parsed);
        using var client = _node.Server.Connect(parsed);
        await CheckKeyAsync(client, cancellationToken);
        using var ledger = LedgerFile.OpenOrNull(_node.Ledger(parsed));
        var recorder = ledger is null ? null : new LedgerRecorder(ledger, options.Name, TimeProvider.System);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        _node.Serving.ConfigureLogging(builder.Logging, parsed);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopGrace + options.CancelGrace + options.CancelGrace);
        builder.Services.AddBuiltInHandlers(_node.Serving.Handlers(parsed));
        builder.Services.AddSingleton(recorder?.Watch(client.NodeDoor(options.Name)) ?? client.NodeDoor(options.Name));
        if (recorder is not null)
        {
            builder.Services.AddSingleton<IExecutionObserver>(recorder);
        }

        builder.Services.AddSiloWorker(options);
        using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        _context.Terminal.Say($"Worker {options.Name} with {options.Slots} slots, for {_node.Server.Address(parsed)}");
        var notice = SupervisorNotice.Of(_context.Values.Variable, _context.Terminal, Environment.ProcessId, TimeProvider.System);
        notice.Ready($"Node {options.Name} of {_node.Server.Address(parsed)}");
        await notice.WatchUntilAsync(
            Task.WhenAny(_node.Serving.WhenStoppingAsync(parsed, cancellationToken), host.WaitForShutdownAsync(CancellationToken.None)),
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
}
