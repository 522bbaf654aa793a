using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Silo.Core.Storage;
using Silo.Storage.Postgres.Opening;

namespace Silo.Storage.Postgres.Writing;

/// <summary>A few connections that take what waits, write all of it in one transaction, and answer when the commit is known.</summary>
/// <remarks>They never wait for company: while one commit is on its way to the disk the next batch gathers by itself, so batches grow with the load.</remarks>
internal sealed class WriteLane<T>
    where T : LaneOperation
{
    private readonly PostgresStoreOptions _options;
    private readonly BatchRunner<T> _runner;
    private readonly ILogger _logger;
    private readonly string _name;
    private readonly bool _beginsOnCaller;
    private readonly Channel<T> _queue;
    private readonly Task _stopped;

    /// <param name="connections">How many batches may be under way at once.</param>
    /// <param name="beginsOnCaller">Whether an idle connection composes and sends its next batch on the thread of whoever enqueues: a caller who waits for the answer need not wait for a thread to
    /// wake as well. Not for callers whose thread has better things to do.</param>
    /// <param name="execute">Writes a batch in one transaction and sets the results; it may be called again with the same batch.</param>
    public WriteLane(
        string name, int connections, bool beginsOnCaller, Database database, PostgresStoreOptions options, TimeProvider time, ILogger logger, ExecuteBatch<T> execute)
    {
        _name = name;
        _beginsOnCaller = beginsOnCaller;
        _options = options;
        _logger = logger;
        _queue = Channel.CreateBounded<T>(new BoundedChannelOptions(options.QueuedWritesMax) { AllowSynchronousContinuations = beginsOnCaller });
        _runner = new BatchRunner<T>(name, database, options, time, logger, execute);
        _stopped = Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(RunAsync)));
    }

    public async Task EnqueueAsync(T operation, CancellationToken cancellationToken)
    {
        if (_beginsOnCaller)
            await LeaveContext();
        try
        {
            await _queue.Writer.WriteAsync(operation, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new StoreUnavailableException("The store is closed; nothing was stored.");
        }
    }

    /// <summary>Refuses further writes and ends when those taken so far are answered.</summary>
    public Task StopAsync()
    {
        _queue.Writer.TryComplete();
        return _stopped;
    }

    /// <summary>What a lane awaits comes back to the thread pool, never to the turns of an actor or the thread of a window that it happened to begin on.</summary>
    private static ConfiguredTaskAwaitable LeaveContext()
    {
        var hasContext = SynchronizationContext.Current is not null || TaskScheduler.Current != TaskScheduler.Default;
        return Task.CompletedTask.ConfigureAwait(hasContext ? ConfigureAwaitOptions.ForceYielding : ConfigureAwaitOptions.None);
    }

    private async Task RunAsync()
    {
        await using var connection = new LaneConnection();
        List<T> batch = [];
        while (await _queue.Reader.WaitToReadAsync())
        {
            TakeBatch(batch);
            try
            {
                await _runner.RunAsync(connection, batch);
            }
            catch (Exception error)
            {
                // A defect of this program: the lane must outlive it, and nobody may wait for ever.
                PostgresStoreLog.LaneFailed(_logger, _name, error);
                await connection.DropAsync();
                batch.ForEach(operation => operation.Fail(new StoreUnknownException("The store failed; whether this was stored is unknown.", error)));
            }

            batch.Clear();
        }
    }

    private void TakeBatch(List<T> batch)
    {
        var rows = 0;
        while (batch.Count < _options.BatchOperationsMax && (batch.Count == 0 || rows < _options.BatchRowsMax) && _queue.Reader.TryPeek(out var next)
            && (batch.Count == 0 || rows + next.Rows <= _options.BatchRowsMax) && _queue.Reader.TryRead(out var taken))
        {
            // Another connection of the lane may have taken the one that was looked at; a few rows more do no harm.
            rows += taken.Rows;
            if (!taken.TryCancel())
                batch.Add(taken);
        }
    }
}

/// <summary>Writes a batch in one transaction.</summary>
internal delegate Task ExecuteBatch<in T>(NpgsqlConnection connection, IReadOnlyList<T> batch);
