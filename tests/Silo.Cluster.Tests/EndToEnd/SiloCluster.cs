using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.TestingHost;
using Silo.Cluster.Client.Grains;
using Silo.Cluster.Hosting;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Scheduling;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Core.Workers;
using Silo.Storage.Sqlite;
using Silo.Testing;

namespace Silo.Cluster.Tests.EndToEnd;

/// <summary>A cluster of whole Silos in this process, wired as a host wires them: each is a node, and they share one store.</summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _store;
    private readonly InProcessTestCluster _cluster;

    private SiloCluster(int silos, int slots, Executions executions, SchedulerOptions scheduler)
    {
        _store = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSiloSqliteStore(options => options.Path = _folder.Combine("silo.db"))
            .BuildServiceProvider();
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.InitializeClientOnDeploy = false;
        builder.ConfigureHost(static host => host.Logging.ClearProviders());
        builder.ConfigureSilo((options, silo) =>
        {
            // A store outlives the silos that use it, so none of their containers makes it: a container ends what it made.
            silo.Services.AddSingleton(Store<ITaskStore>());
            silo.Services.AddSingleton(Store<ISchedulerStore>());
            silo.Services.AddSingleton(Store<IOutcomeStore>());
            silo.Services.AddSingleton(executions);
            silo.Services.AddTaskHandler<CountHandler, NoPayload, Attempted>("count");
            silo.Services.AddTaskHandler<GateHandler, NoPayload, Attempted>("gate");
            silo.AddSiloCluster(new SiloClusterOptions { Worker = new WorkerOptions { Name = options.SiloName, Slots = slots }, Scheduler = scheduler });
        });
        _cluster = builder.Build();
    }

    /// <summary>The silos that live.</summary>
    public IReadOnlyList<InProcessSiloHandle> Silos => [.. _cluster.GetActiveSilos()];

    /// <summary>Starts the silos and waits until the scheduler counts on all of them.</summary>
    /// <param name="scheduler">Null for the defaults.</param>
    public static async Task<SiloCluster> StartAsync(int silos, int slots, Executions executions, SchedulerOptions? scheduler = null)
    {
        var cluster = new SiloCluster(silos, slots, executions, scheduler ?? new SchedulerOptions());
        await cluster._cluster.DeployAsync();
        await cluster.UntilNodesAsync(silos);
        return cluster;
    }

    public ISiloClient ClientOn(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<ISiloClient>();

    public LiveEvents EventsOn(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<LiveEvents>();

    /// <summary>A service of one silo.</summary>
    public static T On<T>(InProcessSiloHandle silo)
        where T : notnull => silo.ServiceProvider.GetRequiredService<T>();

    public Task UntilNodesAsync(int count) => Await.Until(
        async () => await TryAsync(() => ClientOn(Silos[0]).ReadSnapshotAsync(default)) is { TakingOver: false } snapshot && snapshot.Nodes.Count(static node => node.Alive) == count,
        Limit,
        $"{count} nodes to live");

    public async Task<InProcessSiloHandle> SchedulerSiloAsync()
    {
        InProcessSiloHandle? found = null;
        await Await.Until(async () => (found = await TryAsync(FindSchedulerSiloAsync)) is not null, Limit, "the scheduler to be active on a silo that lives");
        return found!;
    }

    /// <summary>Whether the grain of a task is active somewhere.</summary>
    public async Task<bool> IsActiveAsync(TaskId id)
    {
        var grains = On<IGrainFactory>(Silos[0]);
        return await TryAsync(async () => await grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grains.GetGrain<ITaskGrain>(id.Value))) is not null;
    }

    /// <summary>Ends every grain that is idle now and is not meant to stay.</summary>
    public Task CollectIdleGrainsAsync() => On<IGrainFactory>(Silos[0]).GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

    /// <summary>Lets the node of a silo take nothing more.</summary>
    public Task DrainAsync(string node) =>
        Await.Until(async () => await TryAsync(() => ClientOn(Silos[0]).DrainNodeAsync(node, draining: true, default)) is { Status: DrainNodeStatus.Done }, Limit, $"{node} to drain");

    /// <summary>Ends a silo without any farewell.</summary>
    public Task KillAsync(InProcessSiloHandle silo) => _cluster.KillSiloAsync(silo);

    /// <summary>Lets a silo leave in order.</summary>
    public Task StopAsync(InProcessSiloHandle silo) => _cluster.StopSiloAsync(silo);

    public Task<InProcessSiloHandle> AddAsync() => _cluster.StartAdditionalSiloAsync();

    /// <summary>Waits until all have ended, through a silo that lives.</summary>
    public async Task<IReadOnlyList<TaskDetails>> EndsOfAsync(IEnumerable<TaskId> ids)
    {
        var ends = new List<TaskDetails>();
        foreach (var id in ids)
        {
            TaskDetails? row = null;
            await Await.Until(
                async () => (row = await Store<ITaskStore>().FindAsync(id, default)) is { } found && found.State.IsTerminal(), Limit, $"task {id} to end");
            ends.Add(row!);
        }

        return ends;
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<InProcessSiloHandle?> FindSchedulerSiloAsync()
    {
        var grains = On<IGrainFactory>(Silos[0]);
        var address = await grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grains.GetGrain<ISchedulerGrain>("default"));
        return Silos.SingleOrDefault(silo => silo.SiloAddress.Equals(address));
    }

    // While a silo starts or ends, a call may not be answered.
    private static async Task<T?> TryAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception problem) when (problem is TimeoutException or ActorUnavailableException or OrleansException)
        {
            return default;
        }
    }

    private T Store<T>()
        where T : notnull => _store.GetRequiredService<T>();
}
