using System.Globalization;
using System.Net;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Cli.Processes;
using Silo.Client;

namespace Silo.Cli.Demo.Cluster;

/// <summary>A standalone server and its workers, each a process of its own, in a temporary folder that goes with them.</summary>
internal sealed class DemoCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    private readonly string _folder = Directory.CreateTempSubdirectory("silo-demo-").FullName;
    private readonly string _filesRoot;
    private readonly List<DemoWorker> _workers = [];
    private readonly string? _connection;
    private SiloProcess? _server;
    private SiloHttpClient? _client;
    private int _port;

    private DemoCluster(string filesRoot, string? connection) => (_filesRoot, _connection) = (filesRoot, connection);

    public IReadOnlyList<DemoWorker> Workers => _workers;

    public SiloHttpClient Client => _client ?? throw new InvalidOperationException("The demo's server has not been started.");

    /// <summary>Where the server listens.</summary>
    public Uri Address => new UriBuilder("http", IPAddress.Loopback.ToString(), _port).Uri;

    /// <param name="filesRoot">Folder below which <c>file.digest</c> may read.</param>
    /// <param name="shapes">The workers.</param>
    /// <param name="connection">The PostgreSQL database that the server keeps tasks in; null for a file in the temporary folder.</param>
    /// <exception cref="CommandException">A process did not come up; the message has its last words.</exception>
    public static async Task<DemoCluster> StartAsync(string filesRoot, IReadOnlyList<WorkerShape> shapes, string? connection, CancellationToken cancellationToken)
    {
        var cluster = new DemoCluster(filesRoot, connection);
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

    /// <summary>Whether the server is still the process that was started last.</summary>
    public bool ServerRuns => _server is { HasExited: false };

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
        var portFile = Path.Combine(_folder, "port");
        File.Delete(portFile);
        _server = SiloProcess.Start(
            "server",
            [
                "up", "--listen", $"127.0.0.1:{_port}", "--port-file", portFile, .. StoreArguments(),
                "--files-root", _filesRoot, "--slots", "0",
            ],
            Log("server"));
        await UntilAsync(() => Task.FromResult(File.Exists(portFile)), "the server listens", cancellationToken);
        _port = int.Parse(await File.ReadAllTextAsync(portFile, cancellationToken), CultureInfo.InvariantCulture);
        _client ??= new SiloHttpClient(Address, apiKey: null);
        // One that was killed left its lease on the database behind, which its successor waits for.
        await UntilAsync(() => IsReadyAsync(cancellationToken), "the server schedules", cancellationToken);
    }

    /// <summary>Waits until the server knows every worker as alive.</summary>
    public Task WaitForWorkersAsync(CancellationToken cancellationToken) =>
        UntilAsync(
            async () => (await Client.ListNodesAsync(cancellationToken)).Nodes.Count(node => node.Alive) == _workers.Count,
            $"{_workers.Count} workers have joined",
            cancellationToken);

    /// <summary>Reads all ledgers on.</summary>
    /// <returns>Whether there was anything new.</returns>
    public bool UpdateLedgers() => _workers.Aggregate(false, (any, worker) => worker.Ledger.Update() || any);

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        if (_server is { } server)
        {
            await server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string[] StoreArguments() =>
        _connection is null ? ["--data", Path.Combine(_folder, "data")] : ["--store", Settings.Postgres, "--connection", _connection];

    private void StartWorker(WorkerShape shape)
    {
        var ledger = Path.Combine(_folder, $"{shape.Name}.ledger");
        var process = SiloProcess.Start(
            shape.Name,
            [
                "worker", "--server", Address.ToString(), "--name", shape.Name, "--slots", Text(shape.Slots), "--weight", Text(shape.Weight),
                "--files-root", _filesRoot, "--ledger", ledger,
            ],
            Log(shape.Name));
        _workers.Add(new DemoWorker(shape, process, ledger));
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Client.CheckReadyAsync(cancellationToken);
            return true;
        }
        catch (SiloApiException notYet) when (notYet.Status == HttpStatusCode.ServiceUnavailable)
        {
            return false;
        }
    }

    private async Task UntilAsync(Func<Task<bool>> condition, string what, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            var gone = _server is { HasExited: true } ? "server" : _workers.Find(worker => worker.HasExited && worker.Condition == WorkerCondition.Alive)?.Name;
            if (gone is not null || TimeProvider.System.GetElapsedTime(started) > StartLimit)
            {
                throw new CommandException(ExitCode.Failed, $"The demo waited in vain until {what}: {LastWords(gone ?? "server")}");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private string LastWords(string name)
    {
        var lines = File.Exists(Log(name)) ? File.ReadAllLines(Log(name)) : [];
        return $"the last words of {name} were: {(lines.Length == 0 ? "none" : string.Join(Environment.NewLine, lines.TakeLast(8)))}";
    }

    private string Log(string name) => Path.Combine(_folder, $"{name}.log");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
