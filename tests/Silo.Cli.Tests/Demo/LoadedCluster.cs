using Silo.Cli.Demo.Cluster;
using Silo.Cli.Demo.Loss;
using Silo.Cli.Ledger;
using Silo.Client;
using Silo.Contracts.Queues;
using Silo.Testing;

namespace Silo.Cli.Tests.Demo;

/// <summary>A server with three worker processes, to which a client submits without a pause, and the accounts of what was acknowledged.</summary>
internal sealed class LoadedCluster : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private const string Queue = "work";
    private const int GroupTasks = 20;

    private readonly DemoAccounts _accounts;
    private readonly CancellationTokenSource _enough = new();
    private Task _submitting = Task.CompletedTask;
    private int _refused;

    private LoadedCluster(StandaloneCluster cluster) => (Cluster, _accounts) = (cluster, new DemoAccounts(cluster, Queue));

    public StandaloneCluster Cluster { get; }

    /// <summary>Groups that were not acknowledged: a test in which none was has not met what it is for.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <param name="connection">The PostgreSQL database of the server; null for a file.</param>
    public static async Task<LoadedCluster> StartAsync(TemporaryFolder folder, string? connection)
    {
        string[] files = ["a.txt", "b.txt"];
        foreach (var file in files)
        {
            folder.Write(file, file);
        }

        var loaded = new LoadedCluster(await StandaloneCluster.StartAsync(folder.Path, LossOptions.Shapes, connection, default));
        await loaded.Cluster.Client.SetQueueAsync(Queue, new SetQueueRequest { Strategy = "weighted" });
        loaded._submitting = loaded.SubmitAsync(DemoWork.Plan(files, Queue, digestsMin: 3000));
        return loaded;
    }

    /// <summary>Waits until so many more outcomes are recorded, and workers are in the midst of others.</summary>
    public async Task WorkOnAsync(int outcomes)
    {
        Cluster.UpdateLedgers();
        var accepted = Accepted;
        await Await.Until(
            () => Cluster.UpdateLedgers() && Accepted > accepted + outcomes && Cluster.Workers.Any(worker => worker.Ledger.Running.Count > 0),
            Limit,
            $"{outcomes} more outcomes, in the midst of the work");
    }

    /// <summary>Ends the submitting, lets everything end, and settles the accounts.</summary>
    public async Task<AuditVerdict> SettleAsync()
    {
        await _enough.CancelAsync();
        await Await.Within(_submitting, Limit, "the last submit to be answered");
        await Await.Until(() => _accounts.AllEndedAsync(default), Limit, "every acknowledged task to end");
        return await _accounts.SettleAsync(loss: null, default);
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await Cluster.DisposeAsync();
        _enough.Dispose();
    }

    private int Accepted => Cluster.Workers.Sum(worker => worker.Ledger.Accepted);

    /// <summary>A group that is not acknowledged is nobody's, and the next one is tried.</summary>
    private async Task SubmitAsync(IReadOnlyList<DemoTask> plan)
    {
        while (!_enough.IsCancellationRequested)
        {
            foreach (var group in plan.Chunk(GroupTasks).TakeWhile(_ => !_enough.IsCancellationRequested))
            {
                try
                {
                    await _accounts.SubmitAsync(group, CancellationToken.None);
                }
                catch (Exception exception) when (exception is HttpRequestException or TimeoutException or SiloApiException)
                {
                    Interlocked.Increment(ref _refused);
                    await Task.Yield();
                }
            }
        }
    }
}
