using Microsoft.Extensions.Logging.Abstractions;
using Silo.Core.Tasks;
using Silo.Testing;

namespace Silo.Storage.Sqlite.Tests;

/// <summary>A folder for the test's files, stores on them that are closed at its end, and the faults it may set.</summary>
public abstract class SqliteStoreTests : IAsyncDisposable
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly List<SqliteStore> _stores = [];

    private protected static CancellationToken Never => CancellationToken.None;

    private protected TemporaryFolder Folder { get; } = new();

    private protected ManualTimeProvider Clock { get; } = new();

    private protected ScriptedFaults Faults { get; } = new();

    private protected string DatabasePath => Folder.Combine("silo.db");

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected SqliteStore Open(Action<SqliteStoreOptions>? configure = null)
    {
        var options = new SqliteStoreOptions { Path = DatabasePath };
        configure?.Invoke(options);
        var store = SqliteStore.Open(options, Clock, NullLogger.Instance, Faults);
        _stores.Add(store);
        return store;
    }

    private protected TaskSpec NewTask(int payloadBytes = 100) => new()
    {
        Id = new TaskId(Guid.CreateVersion7()),
        Type = "echo",
        Queue = "default",
        RunAt = Clock.GetUtcNow(),
        Payload = new byte[payloadBytes],
    };

    private protected async Task<TaskSpec> InsertNewAsync(SqliteStore store)
    {
        var task = NewTask();
        await store.InsertAsync([task], Never);
        return task;
    }
}
