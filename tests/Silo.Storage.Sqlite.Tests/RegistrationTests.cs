using Microsoft.Extensions.DependencyInjection;
using Silo.Core.Storage;

namespace Silo.Storage.Sqlite.Tests;

public sealed class RegistrationTests : SqliteStoreTests
{
    [Fact]
    public async Task AddSiloSqliteStore_GivesOneStoreForEveryPort()
    {
        await using var services = new ServiceCollection().AddSiloSqliteStore(options => options.Path = DatabasePath).BuildServiceProvider();

        var store = services.GetRequiredService<SqliteStore>();

        Assert.Same(store, services.GetRequiredService<ITaskStore>());
        Assert.Same(store, services.GetRequiredService<ISchedulerStore>());
        Assert.Same(store, services.GetRequiredService<IOutcomeStore>());
        Assert.Equal(DatabasePath, store.Path);
        await InsertNewAsync(store);
    }
}
