using Npgsql;
using Silo.Core.Nodes;
using Silo.Core.Tasks;
using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Storage.Postgres.Tests;

/// <summary>A fresh database for each test, and stores on it that are closed at the end.</summary>
public abstract class PostgresStoreTests : IAsyncLifetime
{
    protected const string Pool = "default";

    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly List<PostgresStore> _stores = [];
    private PostgresDatabase? _database;

    protected static CancellationToken Never => CancellationToken.None;

    protected PostgresDatabase Database => _database ?? throw new InvalidOperationException("The database is created before each test.");

    public virtual async ValueTask InitializeAsync() => _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected PostgresStore Open(Action<PostgresStoreOptions>? configure = null)
    {
        var options = new PostgresStoreOptions { ConnectionString = Database.ConnectionString };
        configure?.Invoke(options);
        var store = PostgresStore.Open(options);
        _stores.Add(store);
        return store;
    }

    protected static TaskSpec NewTask(string? key = null) => new()
    {
        Id = new TaskId(Guid.CreateVersion7()),
        Type = "echo",
        Queue = "default",
        RunAt = DateTimeOffset.UnixEpoch,
        IdempotencyKey = key,
    };

    protected static async Task<TaskSpec[]> InsertAsync(PostgresStore store, int count)
    {
        var tasks = Enumerable.Range(0, count).Select(_ => NewTask()).ToArray();
        await store.InsertAsync(tasks, Never);
        return tasks;
    }

    protected static TaskOutcome[] Succeeded(IEnumerable<TaskSpec> tasks) =>
        [.. tasks.Select(task => new TaskOutcome { Id = task.Id, Attempt = 1, Kind = OutcomeKind.Succeeded, FinishedAt = DateTimeOffset.UnixEpoch.AddDays(1) })];

    /// <summary>An epoch, and a node that lives under it.</summary>
    protected static async Task<(long Epoch, NodeFence Fence)> RegisterAsync(PostgresStore store, string name = "n1", string instance = "life-1")
    {
        var epoch = await store.TakeEpochAsync(Pool, Never);
        var answer = await store.RegisterNodeAsync(Pool, epoch, new NodeRegistration { Name = name, Instance = instance, Slots = 1, Types = ["echo"] }, Never);
        return (epoch, new NodeFence(name, answer.Incarnation));
    }

    /// <summary>Another program's transaction, which holds what it has touched until it is ended.</summary>
    protected async Task<NpgsqlConnection> BeginAsync(string sql)
    {
        var connection = new NpgsqlConnection(Database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("BEGIN; " + sql, connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    protected static async Task EndAsync(NpgsqlConnection connection, string how = "COMMIT")
    {
        await using (connection)
        {
            await using var command = new NpgsqlCommand(how, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Until a backend of this database waits for a lock of this type.</summary>
    protected Task WaitingForLockAsync(string type) => Await.Until(
        () => Database.ReadAsync<bool>($"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = '{type}')"),
        Limit, $"somebody to wait for a lock of type {type}");
}
