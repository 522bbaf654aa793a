using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Core.Storage;
using Silo.Storage.Sqlite.Opening;
using Silo.Storage.Sqlite.Reading;
using Silo.Storage.Sqlite.Sql;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite;

/// <summary>The store in one SQLite file: one writer that groups concurrent writes into commits, and a few readers beside it.</summary>
/// <remarks>Every write is one transaction of its own in effect: all of it is stored or none of it, whatever shares its commit.</remarks>
public sealed partial class SqliteStore : ITaskStore, ISchedulerStore, IOutcomeStore, IAsyncDisposable, IDisposable
{
    private readonly SqliteStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DatabaseFile _file;
    private readonly FileLock _lock;
    private readonly ReadPool _readers;
    private readonly CommitBatch _commits;
    private readonly GroupCommitWriter _writer;
    private readonly Lazy<Task> _closing;

    private SqliteStore(SqliteStoreOptions options, TimeProvider time, ILogger logger, ICommitFaults faults, DatabaseFile file, FileLock held)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _file = file;
        _lock = held;
        _readers = new ReadPool(file, options, logger);
        _commits = new CommitBatch(file, _readers, faults, time, logger);
        _writer = new GroupCommitWriter(options, _commits, logger);
        _closing = new Lazy<Task>(CloseAsync);
    }

    /// <summary>The database file's absolute path.</summary>
    public string Path => _file.Path;

    /// <summary>Opens the file, creating it or bringing its schema up to date, and holds it for this process until the store is disposed.</summary>
    /// <param name="options">Read once; later changes have no effect.</param>
    /// <param name="time">The store's clock. Default the system's.</param>
    /// <param name="logger">Default none.</param>
    /// <exception cref="ArgumentException">Options are out of range; the message names each.</exception>
    /// <exception cref="StoreRefusedException">The file is held by another process, damaged, newer, or not ours. It was left as it is.</exception>
    /// <exception cref="StoreUnavailableException">The disk failed or is full.</exception>
    public static SqliteStore Open(SqliteStoreOptions options, TimeProvider? time = null, ILogger<SqliteStore>? logger = null) =>
        Open(options, time ?? TimeProvider.System, logger ?? (ILogger)NullLogger.Instance, NoFaults.Instance);

    /// <summary>As <see cref="Open(SqliteStoreOptions, TimeProvider?, ILogger{SqliteStore}?)"/>, off the caller's thread: checking a large file takes seconds.</summary>
    public static Task<SqliteStore> OpenAsync(
        SqliteStoreOptions options, TimeProvider? time = null, ILogger<SqliteStore>? logger = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Open(options, time, logger), cancellationToken);

    internal static SqliteStore Open(SqliteStoreOptions options, TimeProvider time, ILogger logger, ICommitFaults faults)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var file = new DatabaseFile(options);
        file.CreateFolder();
        var held = FileLock.Take(file.Path);
        try
        {
            file.Prepare();
            var store = new SqliteStore(options, time, logger, faults, file, held);
            StoreLog.Opened(logger, file.Path, Migration.Newest);
            return store;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="ITaskStore.ReadTimeAsync"/>
    public Task<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken) => Task.FromResult(StoreTime.Read(_time));

    /// <summary>Commits what was accepted, then closes the file. What is asked afterwards is refused as unavailable.</summary>
    public async ValueTask DisposeAsync() => await _closing.Value;

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => _closing.Value.GetAwaiter().GetResult();

    private Task<T> WriteAsync<T>(int rows, Func<WriteTransaction, T> work, CancellationToken cancellationToken) =>
        _writer.WriteAsync(rows, work, cancellationToken);

    private Task<T> ReadAsync<T>(Func<Session, T> work, CancellationToken cancellationToken) => _readers.ReadAsync(work, cancellationToken);

    private async Task CloseAsync()
    {
        // The readers first: the last connection to close moves the write-ahead log into the file, and a reading one cannot.
        await _readers.StopAsync();
        await _writer.DisposeAsync();
        _readers.Dispose();
        _lock.Dispose();
        StoreLog.Closed(_logger, _file.Path);
    }
}
