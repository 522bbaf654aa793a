using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Silo.Core.Storage;

namespace Silo.Storage.Sqlite.Writing;

/// <summary>One thread that takes every write waiting, executes them in one transaction, and answers when the commit is known.</summary>
/// <remarks>It never waits for company: while one commit is on its way to the disk the next batch gathers by itself, so batches grow with the load.</remarks>
internal sealed class GroupCommitWriter
{
    private readonly SqliteStoreOptions _options;
    private readonly Channel<WriteOperation> _queue;
    private readonly CommitBatch _commits;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GroupCommitWriter(SqliteStoreOptions options, CommitBatch commits, ILogger logger)
    {
        _options = options;
        _commits = commits;
        _logger = logger;
        // Whoever brings a write wakes the thread itself; a detour over the thread pool would be felt in every commit of an idle store.
        _queue = Channel.CreateBounded<WriteOperation>(
            new BoundedChannelOptions(options.QueuedWritesMax) { SingleReader = true, AllowSynchronousContinuations = true });
        new Thread(Run) { Name = "silo-sqlite-writer", IsBackground = true }.Start();
    }

    /// <param name="rows">How much of a batch it fills.</param>
    /// <param name="work">Runs on the writer's thread, inside the transaction; it may run without its commit succeeding.</param>
    /// <param name="cancellationToken">Gives up while the operation waits; once it has begun, its answer is waited for.</param>
    public async Task<T> WriteAsync<T>(int rows, Func<WriteTransaction, T> work, CancellationToken cancellationToken)
    {
        var operation = new WriteOperation<T>(rows, work, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(operation, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new StoreUnavailableException("The store is closed; nothing was stored.");
        }

        return await operation.Answer;
    }

    /// <summary>Refuses further writes and ends when those taken so far are answered.</summary>
    public Task StopAsync()
    {
        _queue.Writer.TryComplete();
        return _stopped.Task;
    }

    private void Run()
    {
        List<WriteOperation> batch = [];
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            TakeBatch(batch);
            try
            {
                _commits.Commit(batch);
            }
            catch (Exception error)
            {
                // A defect of this program, not of the disk: the thread must outlive it, and nobody may wait for ever.
                StoreLog.WriterFailed(_logger, error);
                batch.ForEach(operation => operation.Fail(new StoreUnknownException("The writer failed; whether this was stored is unknown.", error)));
            }

            batch.Clear();
        }

        _commits.Close();
        _stopped.SetResult();
    }

    private void TakeBatch(List<WriteOperation> batch)
    {
        var rows = 0;
        while (batch.Count < _options.BatchOperationsMax && _queue.Reader.TryPeek(out var next)
            && (batch.Count == 0 || rows + next.Rows <= _options.BatchRowsMax) && _queue.Reader.TryRead(out var taken))
        {
            rows += taken.Rows;
            if (!taken.TryCancel())
            {
                batch.Add(taken);
            }
        }
    }
}
