using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Silo.Core.Storage;

namespace Silo.Storage.Sqlite.Writing;

/// <summary>Takes every write waiting, executes them in one transaction, and answers when the commit is known; one batch at a time.</summary>
/// <remarks>
/// It never waits for company: while one commit is on its way to the disk the next batch gathers by itself, so batches grow with the load.
/// The first write that finds it idle is committed by the thread pool: the thread that brings the write usually takes that up itself, and no sleeping thread has to be woken on the way.
/// What gathers behind it is the business of a thread of its own, so that a busy store costs the pool no thread.
/// </remarks>
internal sealed class GroupCommitWriter : IThreadPoolWorkItem, IAsyncDisposable
{
    private readonly SqliteStoreOptions _options;
    private readonly Channel<WriteOperation> _queue;
    private readonly CommitBatch _commits;
    private readonly ILogger _logger;
    private readonly List<WriteOperation> _batch = [];
    private readonly SemaphoreSlim _handedOver = new(0);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _claimed;

    public GroupCommitWriter(SqliteStoreOptions options, CommitBatch commits, ILogger logger)
    {
        _options = options;
        _commits = commits;
        _logger = logger;
        _queue = Channel.CreateBounded<WriteOperation>(new BoundedChannelOptions(options.QueuedWritesMax) { SingleReader = true });
        new Thread(RunHandedOver) { Name = "silo-sqlite-writer", IsBackground = true }.Start();
    }

    /// <param name="rows">How much of a batch it fills.</param>
    /// <param name="work">Runs on the thread that writes just then, inside the transaction; it may run without its commit succeeding.</param>
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

        if (TryClaim())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        }

        return await operation.Answer;
    }

    /// <summary>Refuses further writes and ends when those taken so far are answered.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        if (TryClaim())
        {
            _handedOver.Release();
        }

        await _stopped.Task;
        _handedOver.Dispose();
    }

    void IThreadPoolWorkItem.Execute()
    {
        CommitNext();
        if (!TryRelease())
        {
            _handedOver.Release();
        }
    }

    private bool TryClaim() => Interlocked.CompareExchange(ref _claimed, 1, 0) == 0;

    /// <returns>False when there is more to do, which is then still the caller's.</returns>
    private bool TryRelease()
    {
        if (HasMore)
        {
            return false;
        }

        Interlocked.Exchange(ref _claimed, 0);
        // A write that came in between found the claim taken and relies on this look.
        return !HasMore || !TryClaim();
    }

    private bool HasMore => _queue.Reader.TryPeek(out _) || _queue.Reader.Completion.IsCompleted;

    private void RunHandedOver()
    {
        bool ended;
        do
        {
            _handedOver.Wait();
            do
            {
                CommitNext();
                // Looked at only under the claim: without it, the pool may be in the middle of the last batch.
                ended = _queue.Reader.Completion.IsCompleted;
            }
            while (!ended && !TryRelease());
        }
        while (!ended);

        _commits.Close();
        _stopped.SetResult();
    }

    private void CommitNext()
    {
        TakeBatch(_batch);
        try
        {
            _commits.Commit(_batch);
        }
        catch (Exception error)
        {
            // A defect of this program, not of the disk: the writer must outlive it, and nobody may wait for ever.
            StoreLog.WriterFailed(_logger, error);
            _batch.ForEach(operation => operation.Fail(new StoreUnknownException("The writer failed; whether this was stored is unknown.", error)));
        }

        _batch.Clear();
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
