using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Core.Clients;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Placement;
using Silo.Core.Scheduling;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Core.Workers;
using Silo.Handlers;
using Silo.Storage.Sqlite;
using Silo.Testing;

namespace Silo.Embedded.Tests.EndToEnd;

/// <summary>A whole Silo in this process, wired as a host wires it: SQLite store, scheduler, workers; every call between actors is written and read.</summary>
internal sealed class EmbeddedSilo : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(100);

    private readonly ServiceProvider _services;
    private readonly ManualTimeProvider? _clock;
    private readonly List<WorkerRuntime> _workers = [];
    private bool _ended;

    private EmbeddedSilo(ServiceProvider services, ManualTimeProvider? clock) => (_services, _clock) = (services, clock);

    public ISiloClient Client => _services.GetRequiredService<ISiloClient>();

    /// <summary>The store behind it, as a second scheduler would use it.</summary>
    public ISchedulerStore SchedulerStore => _services.GetRequiredService<ISchedulerStore>();

    public IActorStateStore States => _services.GetRequiredService<IActorStateStore>();

    public LiveEvents Events => _services.GetRequiredService<LiveEvents>();

    /// <summary>Opens the file, creating it when absent, and starts the scheduler.</summary>
    /// <param name="clock">A clock the test moves; null for the system's.</param>
    /// <param name="worker">A worker that the engine starts with the process.</param>
    /// <param name="states">Where actors keep what may be lost; null for the store's own.</param>
    public static async Task<EmbeddedSilo> StartAsync(
        string file,
        Executions executions,
        ManualTimeProvider? clock = null,
        SiloClientOptions? client = null,
        WorkerOptions? worker = null,
        RetentionOptions? retention = null,
        SchedulerOptions? scheduler = null,
        IActorStateStore? states = null)
    {
        var services = new ServiceCollection();
        if (states is not null)
        {
            services.AddSingleton(states);
        }

        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.TryAdd(ServiceDescriptor.Singleton(typeof(ILogger<>), typeof(NullLogger<>)));
        services.AddSingleton<TimeProvider>(clock ?? TimeProvider.System);
        services.AddSingleton(executions);
        services.AddBuiltInHandlers(new HandlersOptions());
        services.AddTaskHandler<CountHandler, CountPayload, CountResult>("count");
        services.AddTaskHandler<GateHandler, CountPayload, CountResult>("gate");
        services.AddSiloSqliteStore(options => options.Path = file);
        services.AddSiloEmbedded(new EmbeddedOptions
        {
            ReencodeCalls = true,
            Client = client ?? new SiloClientOptions(),
            Worker = worker,
            Retention = retention ?? new RetentionOptions(),
            Scheduler = scheduler ?? new SchedulerOptions(),
        });
        services.AddPlacementStrategy<ThrowingStrategy>();
        var silo = new EmbeddedSilo(services.BuildServiceProvider(), clock);
        foreach (var hosted in silo._services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(CancellationToken.None);
        }

        await silo.UntilAsync(async () => !(await silo.Client.ReadSnapshotAsync(default)).TakingOver, "the scheduler to act");
        return silo;
    }

    /// <summary>Lets a worker join and waits until the scheduler counts on it.</summary>
    public async Task<WorkerRuntime> JoinAsync(string name, int slots)
    {
        var worker = new WorkerRuntime(
            new WorkerOptions { Name = name, Slots = slots },
            _services.GetRequiredService<IActors>().Node(name),
            _services.GetRequiredService<IHandlerCatalog>(),
            new WorkerEnvironment
            {
                Time = _services.GetRequiredService<TimeProvider>(),
                Ids = _services.GetRequiredService<IIdSource>(),
                Random = _services.GetRequiredService<IRandomSource>(),
                Turns = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler,
                Handlers = TaskScheduler.Default,
            });
        _workers.Add(worker);
        worker.Start();
        await UntilAsync(
            async () => (await Client.ReadSnapshotAsync(default)).Nodes.Any(node => node.Registration.Name == name && node.Alive), $"node {name} to join");
        return worker;
    }

    /// <summary>Ends a worker at once: it gives nothing back and says nothing more.</summary>
    public ValueTask KillAsync(WorkerRuntime worker)
    {
        _workers.Remove(worker);
        return worker.DisposeAsync();
    }

    /// <summary>Waits for a condition; a clock that stands still is moved in steps short enough for every beat to be answered.</summary>
    public Task UntilAsync(Func<Task<bool>> condition, string what) => Await.Until(
        async () =>
        {
            if (await condition())
            {
                return true;
            }

            _clock?.Advance(ClockStep);
            return false;
        },
        Limit,
        what);

    /// <summary>Waits until the task has ended.</summary>
    public async Task<TaskStatusReply> EndOfAsync(TaskId id)
    {
        TaskStatusReply? reply = null;
        await UntilAsync(
            async () =>
            {
                reply = _clock is null ? await Client.WaitAsync(id, Limit, default) : await Client.ReadAsync(id, default);
                return reply.State.IsTerminal();
            },
            $"task {id} to end");
        return reply!;
    }

    /// <summary>Ends everything in this process at once, as a kill would, and releases the file.</summary>
    public async Task CrashAsync()
    {
        _ended = true;
        await _services.GetRequiredService<EmbeddedActors>().CrashAsync();
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await _services.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_ended)
        {
            return;
        }

        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        foreach (var hosted in _services.GetServices<IHostedService>())
        {
            await hosted.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
    }
}
