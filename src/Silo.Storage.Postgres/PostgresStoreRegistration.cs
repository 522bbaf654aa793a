using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Silo.Core.Storage;

namespace Silo.Storage.Postgres;

public static class PostgresStoreRegistration
{
    /// <summary>Adds one <see cref="PostgresStore"/> behind the store ports. It connects and brings the schema up to date when it is first asked for, and throws
    /// there what <see cref="PostgresStore.Open(PostgresStoreOptions, TimeProvider?, ILogger{PostgresStore}?)"/> throws.</summary>
    public static IServiceCollection AddSiloPostgresStore(this IServiceCollection services, Action<PostgresStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new PostgresStoreOptions();
        configure(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => PostgresStore.Open(options, provider.GetRequiredService<TimeProvider>(), provider.GetService<ILogger<PostgresStore>>()));
        services.AddSingleton<ITaskStore>(provider => provider.GetRequiredService<PostgresStore>());
        services.AddSingleton<ISchedulerStore>(provider => provider.GetRequiredService<PostgresStore>());
        services.AddSingleton<IOutcomeStore>(provider => provider.GetRequiredService<PostgresStore>());
        services.AddSingleton<ISchedulerLeaseStore>(provider => provider.GetRequiredService<PostgresStore>());
        services.TryAddSingleton<IActorStateStore>(provider => provider.GetRequiredService<PostgresStore>());
        services.AddSingleton<IStoreInbox>(provider => provider.GetRequiredService<PostgresStore>());
        return services;
    }
}
