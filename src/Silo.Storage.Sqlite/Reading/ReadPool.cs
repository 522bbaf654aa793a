using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Silo.Core.Storage;
using Silo.Storage.Sqlite.Opening;
using Silo.Storage.Sqlite.Sql;

namespace Silo.Storage.Sqlite.Reading;

/// <summary>A few threads, each with a read-only connection, so that a listing never stands in a write's way.</summary>
internal sealed class ReadPool : IDisposable
{
    private readonly DatabaseFile _file;
    private readonly ILogger _logger;
    private readonly Channel<ReadOperation> _queue;
    private readonly Session?[] _sessions;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Shared by reads, taken alone to close every connection.</summary>
    private readonly ReaderWriterLockSlim _connections = new();
    private int _running;

    public ReadPool(DatabaseFile file, SqliteStoreOptions options, ILogger logger)
    {
        _file = file;
        _logger = logger;
        // As for writes: the caller wakes the thread itself.
        _queue = Channel.CreateBounded<ReadOperation>(new BoundedChannelOptions(options.QueuedReadsMax) { AllowSynchronousContinuations = true });
        _sessions = new Session?[options.Readers];
        _running = options.Readers;
        for (var reader = 0; reader < options.Readers; reader++)
        {
            var index = reader;
            new Thread(() => Run(index)) { Name = $"silo-sqlite-reader-{index}", IsBackground = true }.Start();
        }
    }

    /// <param name="work">Runs on a reader's thread, inside one read transaction.</param>
    /// <exception cref="StoreUnavailableException">The file could not be read, or the store is closed.</exception>
    public async Task<T> ReadAsync<T>(Func<Session, T> work, CancellationToken cancellationToken)
    {
        var operation = new ReadOperation<T>(work, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(operation, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new StoreUnavailableException("The store is closed.");
        }

        return await operation.Answer;
    }

    /// <summary>Runs something while no connection of the pool is open; reads wait for its end.</summary>
    public void WhileClosed(Action action)
    {
        _connections.EnterWriteLock();
        try
        {
            for (var index = 0; index < _sessions.Length; index++)
            {
                Discard(index);
            }

            action();
        }
        finally
        {
            _connections.ExitWriteLock();
        }
    }

    /// <summary>Refuses further reads and ends when those taken so far are answered.</summary>
    public Task StopAsync()
    {
        _queue.Writer.TryComplete();
        return _stopped.Task;
    }

    public void Dispose() => _connections.Dispose();

    private void Run(int index)
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out var operation))
            {
                if (!operation.TryCancel())
                {
                    Execute(index, operation);
                }
            }
        }

        if (Interlocked.Decrement(ref _running) == 0)
        {
            WhileClosed(() => { });
            _stopped.SetResult();
        }
    }

    private void Execute(int index, ReadOperation operation)
    {
        _connections.EnterReadLock();
        try
        {
            var session = _sessions[index] ??= _file.OpenReader();
            session.Run("BEGIN");
            operation.Execute(session);
            session.ResetStatements();
            session.Run("COMMIT");
        }
        catch (Exception error)
        {
            // The next read gets a fresh connection, whatever state this one was left in.
            StoreLog.ReaderFailed(_logger, _file.Path, StoreFailure.InOneLine(error));
            Discard(index);
            operation.Fail(error is SqliteException ? new StoreUnavailableException($"The store could not be read: {error.Message}", error) : error);
        }
        finally
        {
            _connections.ExitReadLock();
        }
    }

    private void Discard(int index)
    {
        _sessions[index]?.Dispose();
        _sessions[index] = null;
    }
}
