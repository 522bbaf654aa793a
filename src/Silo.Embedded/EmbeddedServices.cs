using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Silo.Core.Engine;

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
        services.TryAddSingleton<EmbeddedActors>();
        services.TryAddSingleton<IActors>(static provider => provider.GetRequiredService<EmbeddedActors>());
        services.TryAddSingleton<ISchedulerSuccession, EmbeddedSuccession>();
        services.AddHostedService<EmbeddedHost>();
        return services;
    }

    // The actors are looked up when the time comes: they are made of factories that know this.
    private sealed class EmbeddedSuccession(IServiceProvider provider) : ISchedulerSuccession
    {
        // Not on the turns of the scheduler: what replaces it waits for them to end.
        public void SteppedDown(string pool) => _ = Task.Run(() => provider.GetRequiredService<EmbeddedActors>().ReplaceSchedulerAsync(pool));
    }
}
