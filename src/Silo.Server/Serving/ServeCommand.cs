using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Cli.Ledger;
using Silo.Cli.Serving;
using Silo.Cli.Stores;
using Silo.Cli.Supervision;
using Silo.Contracts.Json;
using Silo.Core.Nodes;
using Silo.Core.Workers;

namespace Silo.Server.Serving;

/// <summary><c>silo serve</c>: this process as one silo of a cluster.</summary>
internal sealed class ServeCommand
{
    private readonly CommandContext _context;
    private readonly ServingOptions _serving;
    private readonly KeyOptions _keys;
    private readonly LimitOptions _limits;
    private readonly Option<string?> _role;
    private readonly Option<string?> _name;
    private readonly Option<string?> _clusterId;
    private readonly Option<string?> _connection;
    private readonly Option<IPEndPoint?> _listen;
    private readonly Option<IPAddress?> _advertise;
    private readonly Option<int> _siloPort;
    private readonly Option<int> _gatewayPort;
    private readonly Option<int> _slots;
    private readonly Option<int?> _weight;
    private readonly Option<string?> _tier;
    private readonly Option<Dictionary<string, string>?> _labels;
    private readonly Option<TimeSpan> _grace;
    private readonly Option<TimeSpan> _retention;
    private readonly Option<TimeSpan> _forgetNodes;
    private readonly Option<string?> _ledger;
    private readonly Option<string?> _portFile = CommandContext.CallOption("--port-file", "FILE", "Write the port there once the server listens.", ValueParsers.Text);

    private ServeCommand(CommandContext context, Command command)
    {
        _context = context;
        _role = context.Option(Settings.Role);
        _name = context.Option(Settings.SiloName);
        _clusterId = context.Option(Settings.ClusterId);
        _connection = context.Option(Settings.Connection);
        _listen = context.Option(Settings.Listen);
        _advertise = context.Option(Settings.Advertise);
        _siloPort = context.Option(Settings.SiloPort);
        _gatewayPort = context.Option(Settings.GatewayPort);
        _slots = context.Option(Settings.Slots);
        _weight = context.Option(Settings.Weight);
        _tier = context.Option(Settings.Tier);
        _labels = context.Option(Settings.Label);
        _grace = context.Option(Settings.Grace);
        _retention = context.Option(Settings.Retention);
        _forgetNodes = context.Option(Settings.ForgetNodes);
        _ledger = context.Option(Settings.Ledger);
        foreach (var option in new Option[]
            { _role, _name, _clusterId, _connection, _listen, _advertise, _siloPort, _gatewayPort, _slots, _weight, _tier, _labels, _grace, _retention, _forgetNodes, _ledger, _portFile })
        {
            command.Options.Add(option);
        }

        _keys = new KeyOptions(context, command);
        _limits = new LimitOptions(context, command);
        _serving = new ServingOptions(context, command);
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command("serve", "Serve as one silo of a cluster: API, scheduler and a node, with the others over PostgreSQL.");
        command.SetAction(new ServeCommand(context, command).RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (name, listen) = (parsed.GetValue(_name)!, parsed.GetValue(_listen)!);
        using var ledger = LedgerFile.OpenOrNull(parsed.GetValue(_ledger));
        var recorder = ledger is null ? null : new LedgerRecorder(ledger, name, TimeProvider.System);
        var stopping = _serving.WhenStoppingAsync(parsed, cancellationToken);
        while (await ServeAsync(parsed, listen, recorder, stopping, cancellationToken) is { } address)
        {
            _context.Terminal.Say($"The cluster has declared silo '{name}' dead while it stood still or was cut off; it joins again.");
            listen = new IPEndPoint(listen.Address, address.Port);
        }

        return (int)ExitCode.Ok;
    }

    /// <summary>One life of the silo.</summary>
    /// <returns>Where it was served, when it was expelled and is to come back there; null when it was told to stop.</returns>
    private async Task<Uri?> ServeAsync(ParseResult parsed, IPEndPoint listen, LedgerRecorder? recorder, Task stopping, CancellationToken cancellationToken)
    {
        var notice = SupervisorNotice.Of(_context.Values.Variable, _context.Terminal, Environment.ProcessId, TimeProvider.System);
        await using var server = await new PatientStart(_context.Terminal, notice, TimeProvider.System).RunAsync(
            listen,
            (address, release) => ClusterServer.StartAsync(Read(parsed, address), recorder, logging => _serving.ConfigureLogging(logging, parsed), release, cancellationToken),
            stopping);
        if (server is null)
        {
            return null;
        }

        if (parsed.GetValue(_portFile) is { } portFile)
        {
            await PortFile.WriteAsync(portFile, server.Address.Port);
        }

        Announce(parsed, server);
        using var progress = new ServerProgress(server.Address, server.Worker);
        notice.Ready($"Silo {server.Settings.Name} serving on {server.Address}");
        var end = Task.WhenAny(stopping, server.Stopped, server.Expelled);
        await notice.WatchUntilAsync(end, progress.ProveAsync);
        if (await end == server.Expelled && !stopping.IsCompleted)
        {
            // What the node has finished meanwhile is refused first, so that the ledger shows it.
            await (recorder?.WhenAnsweredAsync() ?? Task.CompletedTask);
            await server.AbandonAsync();
            return server.Address;
        }

        notice.Stopping();
        _context.Terminal.Say("Stopping: what is running may end, what is not goes back.");
        await server.StopAsync();
        return null;
    }

    private ServeSettings Read(ParseResult parsed, IPEndPoint listen)
    {
        var role = parsed.GetValue(_role)!;
        var name = parsed.GetValue(_name)!;
        var keys = _keys.Read(parsed);
        if (keys.Count == 0 && !IPAddress.IsLoopback(listen.Address))
        {
            throw new CommandException(ExitCode.Usage, $"{listen} can be reached by others: set --api-key or --api-key-file, or listen on 127.0.0.1 or [::1].");
        }

        return new ServeSettings
        {
            Name = name,
            ClusterId = parsed.GetValue(_clusterId)!,
            Database = StoreOptions.ReadPostgres(_context, parsed, _connection),
            Listen = listen,
            Advertised = Advertised(parsed.GetValue(_advertise), listen.Address),
            SiloPort = parsed.GetValue(_siloPort),
            GatewayPort = role == Settings.WorkerRole ? 0 : parsed.GetValue(_gatewayPort),
            Worker = role is Settings.GatewayRole or Settings.WebRole ? null : Worker(parsed, name),
            KeepFor = parsed.GetValue(_retention),
            ForgetNodesAfter = parsed.GetValue(_forgetNodes),
            Gateway = _limits.Read(parsed, keys),
            Handlers = _serving.Handlers(parsed),
        };
    }

    private WorkerOptions? Worker(ParseResult parsed, string name) => parsed.GetValue(_slots) == 0 ? null : new WorkerOptions
    {
        Name = name,
        Slots = parsed.GetValue(_slots),
        Weight = parsed.GetValue(_weight),
        Tier = WireNames.Parse<NodeTier>(parsed.GetValue(_tier)!),
        StopGrace = parsed.GetValue(_grace),
        Labels = parsed.GetValue(_labels) ?? [],
        Kind = "silo",
    };

    /// <summary>Silos of one machine reach each other by loopback; a machine with one address of its own is known by that.</summary>
    private static IPAddress Advertised(IPAddress? given, IPAddress listen)
    {
        if (given is not null)
        {
            return given;
        }

        if (IPAddress.IsLoopback(listen) || !(listen.Equals(IPAddress.Any) || listen.Equals(IPAddress.IPv6Any)))
        {
            return listen;
        }

        var own = Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork).Where(address => !IPAddress.IsLoopback(address)).ToList();
        return own is [var only]
            ? only
            : throw new CommandException(ExitCode.Usage, $"This machine has {own.Count} addresses under its name, so which one the other silos should use must be said: set --advertise or POD_IP.");
    }

    private void Announce(ParseResult parsed, ClusterServer server)
    {
        var settings = server.Settings;
        _context.Terminal.Say($"Silo '{settings.Name}' of cluster '{settings.ClusterId}' listens on {server.Address} with {settings.Worker?.Slots ?? 0} slots; database {settings.Database.Shown}");
        if (parsed.GetValue(_context.Json))
        {
            _context.Terminal.WriteJson(
                new ServeAnnouncement(server.Address.ToString(), settings.Name, settings.ClusterId, settings.Database.Shown, settings.Worker?.Slots ?? 0), ServeJson.Default.ServeAnnouncement);
        }
    }
}

/// <summary>What <c>silo serve --json</c> prints once it listens.</summary>
internal sealed record ServeAnnouncement(string Url, string Name, string ClusterId, string Database, int Slots);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ServeAnnouncement))]
internal sealed partial class ServeJson : JsonSerializerContext;
