using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Silo.Core.Clients;
using Silo.Core.Nodes;
using Silo.Core.Placement;
using Silo.Core.Scheduling;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Core.Workers;

namespace Silo.Core.Engine;

public static class EngineServices
{
    /// <summary>Adds what every engine is made of: the factories of its actors, live events, an <see cref="ISiloClient"/>, retention, an <see cref="InboxPump"/> and a <see cref="LocalWorker"/>.
    /// The engine itself adds an <see cref="IActors"/>, an <see cref="ISchedulerSuccession"/> and a clock, the host a store and logging.</summary>
    /// <remarks>An <see cref="INodeWitness"/> and an <see cref="IActorStateStore"/> are used when there is one. Ids, randomness and the event sink are those of the system unless others were added before.</remarks>
    public static IServiceCollection AddSiloEngine(this IServiceCollection services, SchedulerOptions scheduler, SiloClientOptions client, RetentionOptions retention)
    {
        services.TryAddSingleton<IIdSource, SystemIdSource>();
        services.TryAddSingleton<IRandomSource, SystemRandomSource>();
        services.TryAddSingleton<StoreClock>();
        services.TryAddSingleton<LiveEvents>();
        services.TryAddSingleton<IEventSink>(static provider => provider.GetRequiredService<LiveEvents>());
        services.TryAddSingleton<OutcomeTotals>();
        services.AddPlacement();
        services.TryAddSingleton(provider => NewFactories(provider, scheduler));
        services.TryAddSingleton(provider => NewClient(provider, client));
        services.TryAddSingleton<ISiloClient>(static provider => provider.GetRequiredService<SiloClient>());
        services.TryAddSingleton(provider => NewInboxPump(provider, client));
        services.TryAddSingleton(retention);
        services.TryAddSingleton<Retention>();
        services.TryAddSingleton<LocalWorker>();
        return services;
    }

    private static ActorFactories NewFactories(IServiceProvider provider, SchedulerOptions options)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var clock = provider.GetRequiredService<StoreClock>();
        var events = provider.GetRequiredService<IEventSink>();
        var random = provider.GetRequiredService<IRandomSource>();
        var logging = provider.GetRequiredService<ILoggerFactory>();
        return new ActorFactories
        {
            Scheduler = (pool, actors) => new SchedulerActor(options with { Pool = pool }, new SchedulerPorts
            {
                Actors = actors,
                Store = provider.GetRequiredService<ISchedulerStore>(),
                Events = events,
                Time = time,
                Clock = clock,
                Random = random,
                Logger = logging.CreateLogger<SchedulerActor>(),
                Strategies = provider.GetRequiredService<PlacementStrategies>(),
                States = provider.GetService<IActorStateStore>(),
                Witness = provider.GetService<INodeWitness>(),
                WhenOurs = stopping => provider.GetRequiredService<ISchedulerSuccession>().WhenOursAsync(pool, stopping),
                SteppedDown = () => provider.GetRequiredService<ISchedulerSuccession>().SteppedDown(pool),
            }),
            Node = (name, actors) => new NodeActor(name, options.Pool, new NodePorts
            {
                Actors = actors,
                Store = provider.GetRequiredService<IOutcomeStore>(),
                Events = events,
                Time = time,
                Clock = clock,
                Random = random,
                Ids = provider.GetRequiredService<IIdSource>(),
                Logger = logging.CreateLogger<NodeActor>(),
                LongRuns = provider.GetService<ILongRunObserver>(),
                Totals = provider.GetRequiredService<OutcomeTotals>(),
            }),
            Task = (id, actors) => new TaskActor(id, provider.GetRequiredService<ITaskStore>(), actors, clock, time, options.Pool),
        };
    }

    private static SiloClient NewClient(IServiceProvider provider, SiloClientOptions options) => new(options, new SiloClientPorts
    {
        Store = provider.GetRequiredService<ITaskStore>(),
        Actors = provider.GetRequiredService<IActors>(),
        Events = provider.GetRequiredService<IEventSink>(),
        Clock = provider.GetRequiredService<StoreClock>(),
        Ids = provider.GetRequiredService<IIdSource>(),
        Time = provider.GetRequiredService<TimeProvider>(),
        Logger = provider.GetRequiredService<ILogger<SiloClient>>(),
    });

    private static InboxPump NewInboxPump(IServiceProvider provider, SiloClientOptions options) => new(
        provider.GetService<IStoreInbox>(),
        provider.GetRequiredService<SiloClient>(),
        provider.GetRequiredService<ISchedulerSuccession>(),
        options.Pool,
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<InboxPump>>());
}
