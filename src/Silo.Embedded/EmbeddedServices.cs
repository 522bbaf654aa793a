using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Embedded.Leadership;

namespace Silo.Embedded;

public static class EmbeddedServices
{
    /// <summary>Adds the engine that runs every actor in this process, an <see cref="ISiloClient"/> for it, and a hosted service that starts the scheduler
    /// and, when <see cref="EmbeddedOptions.Worker"/> is given, a worker. The host adds a store, and logging; the worker runs the handlers that were added.</summary>
    /// <remarks>Ids, randomness and time come from the system unless they were added before. Dispose of the container asynchronously.</remarks>
    /// <exception cref="ArgumentException">Settings that are wrong, all of them.</exception>
    public static IServiceCollection AddSiloEmbedded(this IServiceCollection services, EmbeddedOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSiloEngine(options.Scheduler, options.Client, options.Retention);
        services.TryAddSingleton(NewLeaseKeeper);
        services.TryAddSingleton<IStandby>(static provider => provider.GetRequiredService<SchedulerLeaseKeeper>());
        services.TryAddSingleton<ISchedulerSuccession, EmbeddedSuccession>();
        services.TryAddSingleton<EmbeddedActors>();
        services.TryAddSingleton<IActors>(static provider => provider.GetRequiredService<EmbeddedActors>());
        services.AddHostedService<EmbeddedHost>();
        return services;
    }

    private static SchedulerLeaseKeeper NewLeaseKeeper(IServiceProvider provider) => new(
        provider.GetService<ISchedulerLeaseStore>(),
        provider.GetRequiredService<EmbeddedOptions>().Scheduler.Pool,
        $"{Environment.MachineName}:{Environment.ProcessId}:{provider.GetRequiredService<IIdSource>().NewInstanceId()}",
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<SchedulerLeaseKeeper>>());
}
