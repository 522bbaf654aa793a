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
        var stopping = _serving.WhenStoppingAsync(parsed, cancellationToken);
        var notice = SupervisorNotice.Of(_context.Values.Variable, _context.Terminal, Environment.ProcessId, TimeProvider.System);
        await using var server = await new PatientStart(_context.Terminal, notice, TimeProvider.System).RunAsync(
            parsed.GetValue(_listen)!,
            (listen, release) => StandaloneServer.StartAsync(Read(parsed, listen), logging => _serving.ConfigureLogging(logging, parsed), release, cancellationToken),
            stopping);
        if (server is null)
        {
            return (int)ExitCode.Ok;
        }

        if (parsed.GetValue(_portFile) is { } portFile)
        {
            await PortFile.WriteAsync(portFile, server.Address.Port);
        }

        Announce(parsed, server);
        await ServeSupervisedAsync(server, notice, Task.WhenAny(stopping, server.Stopped));
        _context.Terminal.Say("Stopping: what is running may end, what is not goes back.");
        await server.StopAsync();
        return (int)ExitCode.Ok;
    }

    private StandaloneSettings Read(ParseResult parsed, IPEndPoint listen)
    {
        var settings = new StandaloneSettings
        {
            Listen = listen,
            Store = _store.Read(parsed),
            Slots = parsed.GetValue(_slots),
            KeepFor = parsed.GetValue(_retention),
            ForgetNodesAfter = parsed.GetValue(_forgetNodes),
            Gateway = _limits.Read(parsed, _keys.Read(parsed)),
            Handlers = _serving.Handlers(parsed),
        };
        return settings.Gateway.ApiKeys.Count > 0 || IPAddress.IsLoopback(listen.Address)
            ? settings
            : throw new CommandException(ExitCode.Usage, $"{listen} can be reached by others: set --api-key or --api-key-file, or listen on 127.0.0.1 or [::1].");
    }

    private static async Task ServeSupervisedAsync(StandaloneServer server, SupervisorNotice notice, Task stopping)
    {
        using var progress = new ServerProgress(server.Address, server.Worker);
        notice.Ready($"Serving on {server.Address}");
        await notice.WatchUntilAsync(stopping, progress.ProveAsync);
        notice.Stopping();
    }

    private void Announce(ParseResult parsed, StandaloneServer server)
    {
        var (store, slots) = (_store.Read(parsed).Shown, parsed.GetValue(_slots));
        _context.Terminal.Say($"Silo listens on {server.Address} with {slots} slots of its own; database {store}");
        if (parsed.GetValue(_context.Json))
        {
            _context.Terminal.WriteJson(new UpAnnouncement(server.Address.ToString(), store, slots), UpJson.Default.UpAnnouncement);
        }
    }
}

/// <summary>What <c>silo up --json</c> prints once it listens.</summary>
internal sealed record UpAnnouncement(string Url, string Database, int Slots);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UpAnnouncement))]
internal sealed partial class UpJson : JsonSerializerContext;
