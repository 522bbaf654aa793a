using System.CommandLine;
using System.Net;
using System.Text.Json.Serialization;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Cli.Stores;
using Silo.Cli.Supervision;

namespace Silo.Cli.Serving;

/// <summary><c>silo up</c>: the whole of Silo in one process.</summary>
internal sealed class UpCommand
{
    private readonly CommandContext _context;
    private readonly ServingOptions _serving;
    private readonly Option<IPEndPoint?> _listen;
    private readonly StoreOptions _store;
    private readonly Option<int> _slots;
    private readonly Option<TimeSpan> _retention;
    private readonly Option<TimeSpan> _forgetNodes;
    private readonly KeyOptions _keys;
    private readonly LimitOptions _limits;
    private readonly Option<string?> _portFile = CommandContext.CallOption("--port-file", "FILE", "Write the port there once the server listens.", ValueParsers.Text);

    private UpCommand(CommandContext context, Command command)
    {
        _context = context;
        _listen = context.Option(Settings.Listen);
        _slots = context.Option(Settings.Slots);
        _retention = context.Option(Settings.Retention);
        _forgetNodes = context.Option(Settings.ForgetNodes);
        foreach (var option in new Option[] { _listen, _slots, _retention, _forgetNodes, _portFile })
        {
            command.Options.Add(option);
        }

        _store = new StoreOptions(context, command);
        _keys = new KeyOptions(context, command);
        _serving = new ServingOptions(context, command);
        _limits = new LimitOptions(context, command);
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command("up", "Start a server: API, scheduler, store and a local node in one process.");
        command.SetAction(new UpCommand(context, command).RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = new StandaloneSettings
        {
            Listen = parsed.GetValue(_listen)!,
            Store = _store.Read(parsed),
            Slots = parsed.GetValue(_slots),
            KeepFor = parsed.GetValue(_retention),
            ForgetNodesAfter = parsed.GetValue(_forgetNodes),
            Gateway = _limits.Read(parsed, _keys.Read(parsed)),
            Handlers = _serving.Handlers(parsed),
        };
        if (settings.Gateway.ApiKeys.Count == 0 && !IPAddress.IsLoopback(settings.Listen.Address))
        {
            throw new CommandException(ExitCode.Usage, $"{settings.Listen} can be reached by others: set --api-key or --api-key-file, or listen on 127.0.0.1 or [::1].");
        }

        await using var server = await StandaloneServer.StartAsync(settings, logging => _serving.ConfigureLogging(logging, parsed), cancellationToken);
        if (parsed.GetValue(_portFile) is { } portFile)
        {
            await PortFile.WriteAsync(portFile, server.Address.Port);
        }

        Announce(parsed, settings, server);
        await ServeSupervisedAsync(server, Task.WhenAny(_serving.WhenStoppingAsync(parsed, cancellationToken), server.Stopped));
        _context.Terminal.Say("Stopping: what is running may end, what is not goes back.");
        await server.StopAsync();
        return (int)ExitCode.Ok;
    }

    private async Task ServeSupervisedAsync(StandaloneServer server, Task stopping)
    {
        using var progress = new ServerProgress(server.Address, server.Worker);
        var notice = SupervisorNotice.Of(_context.Values.Variable, _context.Terminal, Environment.ProcessId, TimeProvider.System);
        notice.Ready($"Serving on {server.Address}");
        await notice.WatchUntilAsync(stopping, progress.ProveAsync);
        notice.Stopping();
    }

    private void Announce(ParseResult parsed, StandaloneSettings settings, StandaloneServer server)
    {
        _context.Terminal.Say($"Silo listens on {server.Address} with {settings.Slots} slots of its own; database {settings.Store.Shown}");
        if (parsed.GetValue(_context.Json))
        {
            _context.Terminal.WriteJson(new UpAnnouncement(server.Address.ToString(), settings.Store.Shown, settings.Slots), UpJson.Default.UpAnnouncement);
        }
    }
}

/// <summary>What <c>silo up --json</c> prints once it listens.</summary>
internal sealed record UpAnnouncement(string Url, string Database, int Slots);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UpAnnouncement))]
internal sealed partial class UpJson : JsonSerializerContext;
