using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Silo.Core.Storage;
using Silo.Storage.Postgres.Inbox;
using Silo.Storage.Postgres.Leases;
using Silo.Storage.Postgres.Opening;
using Silo.Storage.Postgres.Outcomes;
using Silo.Storage.Postgres.Sql;
using Silo.Storage.Postgres.Tasks;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres;

/// <summary>The store in one PostgreSQL database, which any number of processes may share: lanes of connections that group concurrent writes into commits.</summary>
/// <remarks>Every write is one transaction of its own in effect: all of it is stored or none of it, whatever shares its commit.</remarks>
public sealed partial class PostgresStore : ITaskStore, ISchedulerStore, IOutcomeStore, IAsyncDisposable, IDisposable
{
    private readonly PostgresStoreOptions _options;
    private readonly ILogger _logger;
    private readonly Database _database;
    private readonly WriteLane<InsertOperation> _inserts;
    private readonly WriteLane<InsertOperation> _keyedInserts;
    private readonly WriteLane<OutcomeOperation> _outcomes;
    private readonly Transactions _transactions;
    private readonly Reads _reads;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _folding;
    private readonly SchedulerLeases _leases;
    private readonly StoreInbox _inbox;
    private readonly Lazy<Task> _closing;

    private PostgresStore(PostgresStoreOptions options, TimeProvider time, ILogger logger, Database database)
    {
        _options = options;
        _logger = logger;
        _database = database;
        _transactions = new Transactions(database);
        _reads = new Reads(database);
        _inserts = new("insert", options.InsertConnections, beginsOnCaller: true, database, options, time, logger, InsertTasks.ExecuteAsync);
        _keyedInserts = new("keyed insert", 1, beginsOnCaller: true, database, options, time, logger, new InsertKeyedTasks(options).ExecuteAsync);
        _outcomes = new("outcome", options.OutcomeConnections, beginsOnCaller: false, database, options, time, logger, OutcomeBatch.ExecuteAsync);
        var folding = new CounterFolding(_transactions, options, time, logger);
        _folding = Task.Run(() => folding.RunAsync(_stopping.Token));
        _leases = new SchedulerLeases(database);
        _inbox = new StoreInbox(database, time, logger);
        // Idle lanes end on the thread that closes them, which may have a context that waits for this very end.
        _closing = new Lazy<Task>(() => Task.Run(CloseAsync));
    }

    /// <summary>Connects, checks the server, and brings the schema up to date.</summary>
    /// <param name="options">Read once; later changes have no effect.</param>
    /// <param name="time">For waits of this process; tasks live by the server's clock. Default the system's.</param>
    /// <param name="logger">Default none.</param>
    /// <exception cref="ArgumentException">Options are out of range; the message names each.</exception>
    /// <exception cref="StoreRefusedException">Wrong password, no such database, no rights, a server too old, a schema too new.</exception>
    /// <exception cref="StoreUnavailableException">The server is not there, not ready, or a read-only replica.</exception>
    public static PostgresStore Open(PostgresStoreOptions options, TimeProvider? time = null, ILogger<PostgresStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var database = new Database(options);
        try
        {
            database.Prepare();
        }
        catch
        {
            database.Dispose();
            throw;
        }

        var store = new PostgresStore(options, time ?? TimeProvider.System, logger ?? (ILogger)NullLogger.Instance, database);
        PostgresStoreLog.Opened(store._logger, database.Name, Migration.Newest);
        return store;
    }

    /// <summary>Commits what was accepted, then disconnects. What is asked afterwards is refused as unavailable.</summary>
    public async ValueTask DisposeAsync() => await _closing.Value;

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => _closing.Value.GetAwaiter().GetResult();

    // Off the caller's turn: an actor that asks must not have rows decoded on it.
    private Task<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        return Task.Run(() => _reads.RunAsync(read, cancellationToken), cancellationToken);
    }

    private Task<T> WriteAsync<T>(Func<WriteTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        return Task.Run(() => _transactions.RunAsync(work, cancellationToken), cancellationToken);
    }

    private void ThrowIfClosed()
    {
        if (_closing.IsValueCreated)
            throw new StoreUnavailableException("The store is closed.");
    }

    private async Task CloseAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_folding, _inserts.StopAsync(), _keyedInserts.StopAsync(), _outcomes.StopAsync());
        _stopping.Dispose();
        await _leases.DisposeAsync();
        await _inbox.DisposeAsync();
        await _database.DisposeAsync();
        PostgresStoreLog.Closed(_logger, _database.Name);
    }
}
