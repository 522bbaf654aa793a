using Silo.Testing.Postgres;

namespace Silo.Storage.Postgres.Tests;

/// <summary>A fresh database for each test, and stores on it that are closed at the end.</summary>
public abstract class PostgresStoreTests : IAsyncLifetime
{
    private readonly List<PostgresStore> _stores = [];
    private PostgresDatabase? _database;

    protected static CancellationToken Never => CancellationToken.None;

    protected PostgresDatabase Database => _database ?? throw new InvalidOperationException("The database is created before each test.");

    public virtual async ValueTask InitializeAsync() => _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
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
}
