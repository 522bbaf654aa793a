using Microsoft.Extensions.Logging.Abstractions;
using Silo.Conformance.Storage;
using Silo.Core.Storage;
using Silo.Storage.Sqlite.Writing;
using Silo.Testing;

namespace Silo.Storage.Sqlite.Tests.Conformance;

/// <summary>A store in a throwaway folder. Its crash is a copy of the files as they lie, while the store they belong to still runs.</summary>
internal sealed class SqliteHarness : IStoreHarness
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqliteStore> _stores = [];

    public SqliteHarness() => Open();

    public ITaskStore Tasks => _stores[^1];

    public ISchedulerStore Scheduler => _stores[^1];

    public IOutcomeStore Outcomes => _stores[^1];

    public IActorStateStore States => _stores[^1];

    public Task CrashAndReopenAsync()
    {
        var left = _stores[^1].Path;
        Open(path => CrashedFiles.Copy(left, path));
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        _folder.Dispose();
    }

    private void Open(Action<string>? prepare = null)
    {
        var path = _folder.Combine($"store-{_stores.Count}.db");
        prepare?.Invoke(path);
        // No checkpoint may move pages between the copies of the two files.
        var options = new SqliteStoreOptions { Path = path, CheckpointPages = 1_000_000 };
        _stores.Add(SqliteStore.Open(options, TimeProvider.System, NullLogger.Instance, NoFaults.Instance));
    }
}
