using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Silo.Core.Storage;

namespace Silo.Storage.Sqlite;

public static class SqliteStoreRegistration
{
    /// <summary>Adds one <see cref="SqliteStore"/> behind the store ports. It opens its file when it is first asked for, and throws there what
    /// <see cref="SqliteStore.Open(SqliteStoreOptions, TimeProvider?, ILogger{SqliteStore}?)"/> throws. The clock is the registered <see cref="TimeProvider"/>, by default the system's.</summary>
    public static IServiceCollection AddSiloSqliteStore(this IServiceCollection services, Action<SqliteStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new SqliteStoreOptions();
        configure(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => SqliteStore.Open(options, provider.GetRequiredService<TimeProvider>(), provider.GetService<ILogger<SqliteStore>>()));
        services.AddSingleton<ITaskStore>(provider => provider.GetRequiredService<SqliteStore>());
        services.AddSingleton<ISchedulerStore>(provider => provider.GetRequiredService<SqliteStore>());
        services.AddSingleton<IOutcomeStore>(provider => provider.GetRequiredService<SqliteStore>());
        services.TryAddSingleton<IActorStateStore>(provider => provider.GetRequiredService<SqliteStore>());
        services.AddSingleton<IStoreHealth>(provider => provider.GetRequiredService<SqliteStore>());
        return services;
    }
}
