using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Silo.Core.Clients;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Placement;
using Silo.Core.Scheduling;
using Silo.Core.Storage;
using Silo.Core.Tasks;
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
        services.TryAddSingleton<IIdSource, SystemIdSource>();
        services.TryAddSingleton<IRandomSource, SystemRandomSource>();
        services.TryAddSingleton<StoreClock>();
        services.TryAddSingleton<LiveEvents>();
        services.TryAddSingleton<IEventSink>(static provider => provider.GetRequiredService<LiveEvents>());
        services.TryAddSingleton(NewLeaseKeeper);
        services.TryAddSingleton<IStandby>(static provider => provider.GetRequiredService<SchedulerLeaseKeeper>());
        services.AddPlacement();
        services.TryAddSingleton(NewFactories);
        services.TryAddSingleton<EmbeddedActors>();
        services.TryAddSingleton<IActors>(static provider => provider.GetRequiredService<EmbeddedActors>());
        services.TryAddSingleton<ISiloClient>(NewClient);
        services.TryAddSingleton(options.Retention);
        services.TryAddSingleton<Retention>();
        services.AddHostedService<EmbeddedHost>();
        return services;
    }

    private static ActorFactories NewFactories(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<EmbeddedOptions>();
        var time = provider.GetRequiredService<TimeProvider>();
        var clock = provider.GetRequiredService<StoreClock>();
        var events = provider.GetRequiredService<IEventSink>();
        var random = provider.GetRequiredService<IRandomSource>();
        var logging = provider.GetRequiredService<ILoggerFactory>();
        return new ActorFactories
        {
            Scheduler = (pool, actors) => new SchedulerActor(options.Scheduler with { Pool = pool }, new SchedulerPorts
            {
                Actors = actors,
                Store = provider.GetRequiredService<ISchedulerStore>(),
                Events = events,
                Time = time,
                Clock = clock,
                Random = random,
                Logger = logging.CreateLogger<SchedulerActor>(),
                Strategies = provider.GetRequiredService<PlacementStrategies>(),
                WhenOurs = provider.GetRequiredService<SchedulerLeaseKeeper>().WhenHeldAsync,
                // Not on the turns of the scheduler: what replaces it waits for them to end.
                SteppedDown = () => _ = Task.Run(() => provider.GetRequiredService<EmbeddedActors>().ReplaceSchedulerAsync(pool)),
            }),
            Node = (name, actors) => new NodeActor(name, options.Scheduler.Pool, new NodePorts
            {
                Actors = actors,
                Store = provider.GetRequiredService<IOutcomeStore>(),
                Events = events,
                Time = time,
                Clock = clock,
                Random = random,
                Ids = provider.GetRequiredService<IIdSource>(),
                Logger = logging.CreateLogger<NodeActor>(),
            }),
            Task = (id, actors) => new TaskActor(id, provider.GetRequiredService<ITaskStore>(), actors, clock, time, options.Scheduler.Pool),
        };
    }

    private static SchedulerLeaseKeeper NewLeaseKeeper(IServiceProvider provider) => new(
        provider.GetService<ISchedulerLeaseStore>(),
        provider.GetRequiredService<EmbeddedOptions>().Scheduler.Pool,
        $"{Environment.MachineName}:{Environment.ProcessId}:{provider.GetRequiredService<IIdSource>().NewInstanceId()}",
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<SchedulerLeaseKeeper>>());

    private static SiloClient NewClient(IServiceProvider provider) => new(provider.GetRequiredService<EmbeddedOptions>().Client, new SiloClientPorts
    {
        Store = provider.GetRequiredService<ITaskStore>(),
        Actors = provider.GetRequiredService<IActors>(),
        Events = provider.GetRequiredService<IEventSink>(),
        Clock = provider.GetRequiredService<StoreClock>(),
        Ids = provider.GetRequiredService<IIdSource>(),
        Time = provider.GetRequiredService<TimeProvider>(),
        Logger = provider.GetRequiredService<ILogger<SiloClient>>(),
    });
}
