using System.Globalization;
using System.Net;
using Silo.Cli.Invocation;
using Silo.Client;

namespace Silo.Cli.Demo.Cluster;

/// <summary>The processes of a demo: what serves, and the workers with their ledgers, in a temporary folder that goes with them.</summary>
/// <param name="filesRoot">Folder below which <c>file.digest</c> may read.</param>
internal abstract class DemoCluster(string filesRoot) : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    private readonly string _folder = Directory.CreateTempSubdirectory("silo-demo-").FullName;
    private readonly List<DemoWorker> _workers = [];

    /// <summary>Every worker that was started, also those that are gone.</summary>
    public IReadOnlyList<DemoWorker> Workers => _workers;

    /// <summary>To a server that no demo takes away.</summary>
    public abstract SiloHttpClient Client { get; }

    protected string FilesRoot => filesRoot;

    /// <summary>Name of a process that has ended and was not told to; null for none.</summary>
    protected virtual string? Gone => _workers.Find(worker => worker.HasExited && worker.Condition == WorkerCondition.Alive)?.Name;

    /// <summary>Whether the loss of this worker is the one to show.</summary>
    public virtual bool MayLose(DemoWorker worker) => true;

    /// <summary>The epoch of the scheduler in this worker's process; null when it has none.</summary>
    public virtual long? SchedulerEpoch(DemoWorker worker) => null;

    /// <summary>Waits until every worker that is not lost is known as alive.</summary>
    public Task WaitForWorkersAsync(CancellationToken cancellationToken)
    {
        var expected = _workers.Count(worker => worker.Condition is WorkerCondition.Alive or WorkerCondition.Thawed);
        return UntilAsync(
            () => TryAskAsync(async () => (await Client.ListNodesAsync(cancellationToken)).Nodes.Count(node => node.Alive) == expected),
            $"{expected} workers have joined",
            cancellationToken);
    }

    /// <summary>Reads all ledgers on.</summary>
    /// <returns>Whether there was anything new.</returns>
    public bool UpdateLedgers() => _workers.Aggregate(false, (any, worker) => worker.Ledger.Update() || any);

    /// <summary>Asks a server that may be taking over from another, or be cut off by its death.</summary>
    /// <returns>False also when it could not answer now.</returns>
    public static async Task<bool> TryAskAsync(Func<Task<bool>> question)
    {
        try
        {
            return await question();
        }
        catch (Exception notNow) when (notNow is HttpRequestException or TimeoutException or SiloApiException { Status: HttpStatusCode.ServiceUnavailable })
        {
            return false;
        }
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    protected void Add(DemoWorker worker) => _workers.Add(worker);

    protected string FilePath(string name) => Path.Combine(_folder, name);

    protected string LogOf(string process) => FilePath($"{process}.log");

    protected async Task UntilAsync(Func<Task<bool>> condition, string what, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            var gone = Gone;
            if (gone is not null || TimeProvider.System.GetElapsedTime(started) > StartLimit)
            {
                throw new CommandException(ExitCode.Failed, $"The demo waited in vain until {what}: {LastWords(gone is null ? LoggedProcesses : [gone])}");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>Waits for the port that a server writes down once it listens.</summary>
    protected async Task<int> ReadPortAsync(string portFile, string server, CancellationToken cancellationToken)
    {
        await UntilAsync(() => Task.FromResult(File.Exists(portFile)), $"{server} listens", cancellationToken);
        return int.Parse(await File.ReadAllTextAsync(portFile, cancellationToken), CultureInfo.InvariantCulture);
    }

    protected static Uri Loopback(int port) => new UriBuilder("http", IPAddress.Loopback.ToString(), port).Uri;

    protected static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private IEnumerable<string> LoggedProcesses => Directory.EnumerateFiles(_folder, "*.log").Select(file => Path.GetFileNameWithoutExtension(file)).Order();

    private string LastWords(IEnumerable<string> processes)
    {
        var words = processes.Where(process => File.Exists(LogOf(process))).Select(process =>
            $"the last words of {process} were: {string.Join(Environment.NewLine, File.ReadLines(LogOf(process)).DefaultIfEmpty("none").TakeLast(8))}");
        return string.Join(Environment.NewLine, words);
    }
}
