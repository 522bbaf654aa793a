using Silo.Testing;

namespace Silo.Cluster.Tests.Processes;

/// <summary>Submits short tasks without a pause, through whichever silo is up.</summary>
internal sealed class ContinuousLoad
{
    private const int PerSubmit = 5;
    private const string Nap = """{"milliseconds":20}""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly ServerCluster _cluster;
    private readonly List<Guid> _ids = [];
    private volatile bool _stopping;
    private int _submitted;
    private Task _running = Task.CompletedTask;

    private ContinuousLoad(ServerCluster cluster) => _cluster = cluster;

    public static ContinuousLoad Start(ServerCluster cluster)
    {
        var load = new ContinuousLoad(cluster);
        load._running = load.RunAsync();
        return load;
    }

    /// <summary>Waits until so many more are submitted.</summary>
    public Task UntilSubmittedAsync(int more)
    {
        var goal = Volatile.Read(ref _submitted) + more;
        return Await.Until(() => _running.IsCompleted || Volatile.Read(ref _submitted) >= goal, Limit, $"{more} more tasks to be submitted");
    }

    /// <returns>All that were acknowledged.</returns>
    public async Task<IReadOnlyList<Guid>> StopAsync()
    {
        _stopping = true;
        await _running;
        return _ids;
    }

    private async Task RunAsync()
    {
        while (!_stopping)
        {
            _ids.AddRange(await _cluster.SubmitAsync("sleep", Nap, PerSubmit));
            Interlocked.Add(ref _submitted, PerSubmit);
        }
    }
}
