using System.Collections.Concurrent;
using Silo.Benchmarks.Postgres;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Tasks;

namespace Silo.Benchmarks.Recovery;

/// <summary>Callers that submit group after group without a pause, at most so many ahead of the outcomes, and send a refused group again until it is acknowledged.</summary>
internal sealed class SubmitLoad : IAsyncDisposable
{
    /// <summary>Groups ahead of the outcomes: enough to keep the node busy, few enough that the backlog does not grow.</summary>
    private const int GroupsAhead = 50;

    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RefusedWait = TimeSpan.FromMilliseconds(100);

    private readonly PostgresBenchServer _server;
    private readonly RecoveryOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<TaskId> _acknowledged = [];
    private readonly Task _submitting;
    private int _refused;

    private SubmitLoad(PostgresBenchServer server, RecoveryOptions options)
    {
        (_server, _options) = (server, options);
        _submitting = Task.WhenAll(Enumerable.Range(0, options.Submitters).Select(_ => Task.Run(SubmitAsync)));
    }

    public IReadOnlyCollection<TaskId> Acknowledged => _acknowledged;

    /// <summary>Calls that were refused, or whose answer was lost.</summary>
    public int Refused => _refused;

    public static SubmitLoad Start(PostgresBenchServer server, RecoveryOptions options) => new(server, options);

    /// <summary>Ends the load once every group is acknowledged.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _submitting;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task SubmitAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            if (_acknowledged.Count - _server.Recorder.OutcomeCount > GroupsAhead * _options.GroupTasks)
            {
                await Task.Delay(Breath);
                continue;
            }

            var tasks = _server.NewTasks(_options.GroupTasks);
            while (!await TrySubmitAsync(_server.Client, tasks))
            {
                await Task.Delay(RefusedWait);
            }
        }
    }

    private async Task<bool> TrySubmitAsync(ISiloClient client, List<TaskSpec> tasks)
    {
        try
        {
            await client.SubmitAsync(tasks, CancellationToken.None);
            foreach (var task in tasks)
            {
                _acknowledged.Enqueue(task.Id);
            }

            return true;
        }
        catch (Exception refused) when (refused is StoreUnavailableException or StoreUnknownException)
        {
            Interlocked.Increment(ref _refused);
            return false;
        }
    }
}
