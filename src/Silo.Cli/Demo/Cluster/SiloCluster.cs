using System.Globalization;
using System.Text.RegularExpressions;
using Silo.Cli.Invocation;
using Silo.Cli.Processes;
using Silo.Client;

namespace Silo.Cli.Demo.Cluster;

/// <summary>Silos of one cluster over PostgreSQL, each a process that serves, schedules when its turn comes, and is a worker.</summary>
internal sealed partial class SiloCluster : DemoCluster
{
    private readonly string _program;
    private readonly string _connection;
    private readonly Dictionary<string, int> _siloPorts = [];
    private readonly List<SiloHttpClient> _clients = [];
    private DemoWorker? _asked;
    private volatile SiloHttpClient? _client;

    private SiloCluster(string program, string filesRoot, string connection)
        : base(filesRoot) => (_program, _connection) = (program, connection);

    public override SiloHttpClient Client => _client ?? throw new InvalidOperationException("No silo of the demo has been started.");

    /// <param name="program">The assembly whose verb <c>serve</c> is a silo.</param>
    /// <param name="filesRoot">Folder below which <c>file.digest</c> may read.</param>
    /// <param name="shapes">The silos' nodes.</param>
    /// <param name="connection">Their PostgreSQL database.</param>
    /// <param name="cancellationToken">Ends the wait for them.</param>
    /// <exception cref="CommandException">A process did not come up; the message has its last words.</exception>
    public static async Task<SiloCluster> StartAsync(
        string program, string filesRoot, IReadOnlyList<WorkerShape> shapes, string connection, CancellationToken cancellationToken)
    {
        var cluster = new SiloCluster(program, filesRoot, connection);
        try
        {
            foreach (var shape in shapes)
            {
                cluster._siloPorts[shape.Name] = LoopbackPorts.Free();
                cluster.StartSilo(shape);
            }

            await cluster.ConnectAsync(cancellationToken);
            await cluster.WaitForWorkersAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The silo of the scheduler, while another one answers the demo.</summary>
    public override bool MayLose(DemoWorker worker) => worker != _asked && SchedulerEpoch(worker) is not null;

    /// <remarks>By what the silos have logged: the last epoch that was taken, and who took it.</remarks>
    public override long? SchedulerEpoch(DemoWorker worker)
    {
        var epochs = Workers.Select(one => (Worker: one, Epoch: LastEpochIn(LogOf(one.Process)))).ToList();
        var last = epochs.MaxBy(pair => pair.Epoch);
        return last.Worker == worker && last.Epoch > 0 ? last.Epoch : null;
    }

    /// <summary>Asks a silo that stays from now on, once it listens.</summary>
    /// <remarks>Whoever asks meanwhile may still be asking the one before; that client is disposed of with the cluster.</remarks>
    public async Task AskAnotherThanAsync(DemoWorker leaving, CancellationToken cancellationToken)
    {
        _asked = Workers.First(worker => worker.Name != leaving.Name && worker.Condition == WorkerCondition.Alive);
        Ask(await ReadPortAsync(PortFileOf(_asked.Process), _asked.Name, cancellationToken));
    }

    /// <summary>Starts a silo that was killed or stopped once more, under its old name and on its old port.</summary>
    public void Restart(DemoWorker killed) => StartSilo(killed.Shape);

    public override async ValueTask DisposeAsync()
    {
        _clients.ForEach(static client => client.Dispose());
        await base.DisposeAsync();
    }

    private static long LastEpochIn(string log) =>
        File.ReadLines(log).Select(line => ActsIn().Match(line)).Where(match => match.Success).Select(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).DefaultIfEmpty().Last();

    /// <summary>Waits until all listen and one schedules, and picks another to talk to.</summary>
    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var ports = new Dictionary<DemoWorker, int>();
        foreach (var worker in Workers)
        {
            ports[worker] = await ReadPortAsync(PortFileOf(worker.Process), worker.Name, cancellationToken);
        }

        await UntilAsync(() => Task.FromResult(Workers.Any(worker => SchedulerEpoch(worker) is not null)), "a silo schedules", cancellationToken);
        _asked = Workers.First(worker => SchedulerEpoch(worker) is null);
        Ask(ports[_asked]);
    }

    private void Ask(int port) => _clients.Add(_client = new SiloHttpClient(Loopback(port), apiKey: null));

    private void StartSilo(WorkerShape shape)
    {
        // Each life has files of its own: the ledger of the one before is evidence.
        var lives = Workers.Count(worker => worker.Name == shape.Name);
        var process = lives == 0 ? shape.Name : $"{shape.Name}-{lives + 1}";
        var ledger = FilePath($"{process}.ledger");
        Add(new DemoWorker(
            shape,
            SiloProcess.Start(
                process,
                [
                    "serve", "--silo-name", shape.Name, "--slots", Text(shape.Slots), "--weight", Text(shape.Weight), "--connection", _connection,
                    "--listen", "127.0.0.1:0", "--silo-port", Text(_siloPorts[shape.Name]), "--gateway-port", "0", "--port-file", PortFileOf(process),
                    "--files-root", FilesRoot, "--ledger", ledger, "--log", "information",
                ],
                LogOf(process),
                _program),
            ledger));
    }

    private string PortFileOf(string process) => FilePath($"{process}.port");

    [GeneratedRegex(@"The scheduler of pool \S+ acts in epoch ([0-9]+)\.")]
    private static partial Regex ActsIn();
}
