using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Cli.Processes;
using Silo.Client;

namespace Silo.Cli.Demo.Cluster;

/// <summary>A standalone server, and workers that join it over HTTP, each a process of its own.</summary>
internal sealed class StandaloneCluster : DemoCluster
{
    private const string Server = "server";

    private readonly string? _connection;
    private SiloProcess? _server;
    private SiloHttpClient? _client;
    private int _port;

    private StandaloneCluster(string filesRoot, string? connection)
        : base(filesRoot) => _connection = connection;

    public override SiloHttpClient Client => _client ?? throw new InvalidOperationException("The demo's server has not been started.");

    /// <summary>Where the server listens.</summary>
    public Uri Address => Loopback(_port);

    /// <summary>Whether the server is still the process that was started last.</summary>
    public bool ServerRuns => _server is { HasExited: false };

    protected override string? Gone => _server is { HasExited: true } ? Server : base.Gone;

    /// <param name="filesRoot">Folder below which <c>file.digest</c> may read.</param>
    /// <param name="shapes">The workers.</param>
    /// <param name="connection">The PostgreSQL database that the server keeps tasks in; null for a file in the temporary folder.</param>
    /// <param name="cancellationToken">Ends the wait for them.</param>
    /// <exception cref="CommandException">A process did not come up; the message has its last words.</exception>
    public static async Task<StandaloneCluster> StartAsync(string filesRoot, IReadOnlyList<WorkerShape> shapes, string? connection, CancellationToken cancellationToken)
    {
        var cluster = new StandaloneCluster(filesRoot, connection);
        try
        {
            await cluster.StartServerAsync(cancellationToken);
            foreach (var shape in shapes)
            {
                cluster.StartWorker(shape);
            }

            await cluster.WaitForWorkersAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillServerAsync()
    {
        if (_server is { } server)
        {
            server.Kill();
            await server.DisposeAsync();
        }
    }

    /// <summary>Starts the server; after the first time on the same port and the same database file.</summary>
    public async Task StartServerAsync(CancellationToken cancellationToken)
    {
        var portFile = FilePath("port");
        File.Delete(portFile);
        _server = SiloProcess.Start(
            Server,
            ["up", "--listen", $"127.0.0.1:{_port}", "--port-file", portFile, .. StoreArguments(), "--files-root", FilesRoot, "--slots", "0"],
            LogOf(Server));
        _port = await ReadPortAsync(portFile, Server, cancellationToken);
        _client ??= new SiloHttpClient(Address, apiKey: null);
        // One that was killed left its lease on the database behind, which its successor waits for.
        await UntilAsync(() => TryAskAsync(() => IsReadyAsync(cancellationToken)), $"{Server} schedules", cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private string[] StoreArguments() =>
        _connection is null ? ["--data", FilePath("data")] : ["--store", Settings.Postgres, "--connection", _connection];

    private void StartWorker(WorkerShape shape)
    {
        var ledger = FilePath($"{shape.Name}.ledger");
        var process = SiloProcess.Start(
            shape.Name,
            [
                "worker", "--server", Address.ToString(), "--name", shape.Name, "--slots", Text(shape.Slots), "--weight", Text(shape.Weight),
                "--files-root", FilesRoot, "--ledger", ledger,
            ],
            LogOf(shape.Name));
        Add(new DemoWorker(shape, process, ledger));
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        await Client.CheckReadyAsync(cancellationToken);
        return true;
    }
}
