using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Silo.Cluster.Client;
using Silo.Cluster.Events;
using Silo.Cluster.Grains;
using Silo.Cluster.Placement;
using Silo.Core.Engine;
using Silo.Core.Nodes;

namespace Silo.Cluster.Hosting;

public static class ClusterServices
{
    /// <summary>Makes this Orleans silo one of Silo's: it hosts the actors as grains, has an <see cref="ISiloClient"/>, and is a node when
    /// <see cref="SiloClusterOptions.Worker"/> is given. The host adds a store that all silos share, logging, the handlers, and how silos find each other.</summary>
    /// <exception cref="ArgumentException">Settings that are wrong, all of them.</exception>
    public static ISiloBuilder AddSiloCluster(this ISiloBuilder silo, SiloClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        silo.Services.AddSingleton(options);
        silo.AddSiloGrains();
        silo.AddEventRelay();
        silo.Services.AddSiloEngine(options.Scheduler, options.Client, options.Retention);
        silo.Services.TryAddSingleton<ILongRunObserver, LongRunGrains>();
        silo.Services.TryAddSingleton<INodeWitness, SiloDeaths>();
        silo.Services.AddSingleton<SiloExpulsion>();
        silo.Services.AddSingleton<IFatalErrorHandler>(static provider => provider.GetRequiredService<SiloExpulsion>());
        silo.Services.AddHostedService<ClusterHost>();
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.CallTimeout);
        return silo.UseFastFailureDetection();
    }

    /// <summary>The grains alone: whoever calls this adds the factories of the actors.</summary>
    internal static ISiloBuilder AddSiloGrains(this ISiloBuilder silo)
    {
        silo.Services.AddSiloMessages();
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.TryAddSingleton<IActors, ClusterActors>();
        silo.Services.TryAddSingleton<LocalGrains>();
        silo.Services.TryAddSingleton<SchedulerSuccession>();
        silo.Services.TryAddSingleton<ISchedulerSuccession>(static provider => provider.GetRequiredService<SchedulerSuccession>());
        return silo.AddSiloDirectory().AddPlacementDirector<NodePlacement, NodePlacementDirector>();
    }

    private static void AddEventRelay(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton<LiveEvents>();
        silo.Services.TryAddSingleton<ClusterEvents>();
        silo.Services.TryAddSingleton<IEventSink>(static provider => provider.GetRequiredService<ClusterEvents>());
        silo.Services.TryAddSingleton<RemoteReaders>();
        silo.Services.TryAddSingleton<EventInterests>();
        silo.Services.TryAddSingleton<WatchTask>(static provider => provider.GetRequiredService<EventInterests>().WatchAsync);
    }

    /// <summary>A killed silo is declared dead after about a second, a frozen one after five or six; the defaults take up to a minute.</summary>
    private static ISiloBuilder UseFastFailureDetection(this ISiloBuilder silo) => silo.Configure<ClusterMembershipOptions>(static membership =>
    {
        // A silo counts as alive while anything was heard of it within as many of the longest probes as may be missed: five seconds, as long as a node may be silent.
        (membership.ProbeTimeout, membership.MaxProbeTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2.5));
        membership.NumMissedProbesLimit = 2;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
    });
}
