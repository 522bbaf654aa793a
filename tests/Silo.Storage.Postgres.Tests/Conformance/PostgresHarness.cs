using Silo.Conformance.Storage;
using Silo.Core.Storage;
using Silo.Testing.Postgres;

namespace Silo.Storage.Postgres.Tests.Conformance;

/// <summary>A store in a database of its own. Its crash ends every backend of that database, as a killed process would lose its connections.</summary>
internal sealed class PostgresHarness : IStoreHarness
{
    private const string CutOff = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private readonly PostgresDatabase _database;
    private readonly List<PostgresStore> _stores = [];

    private PostgresHarness(PostgresDatabase database) => _database = database;

    public ITaskStore Tasks => _stores[^1];

    public ISchedulerStore Scheduler => _stores[^1];

    public IOutcomeStore Outcomes => _stores[^1];

    public IActorStateStore States => _stores[^1];

    public static async Task<IStoreHarness> CreateAsync()
    {
        var harness = new PostgresHarness(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        harness.Open();
        return harness;
    }

    public async Task CrashAndReopenAsync()
    {
        await _database.ExecuteAsync(CutOff);
        Open();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        await _database.DisposeAsync();
    }

    private void Open() => _stores.Add(PostgresStore.Open(new PostgresStoreOptions { ConnectionString = _database.ConnectionString }));
}
