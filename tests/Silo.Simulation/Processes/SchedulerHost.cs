using Silo.Core.Engine;
using Silo.Core.Scheduling;
using Silo.Core.Storage;
using Silo.Simulation.Kernel;
using Silo.Simulation.Network;
using Silo.Simulation.Storage;

namespace Silo.Simulation.Processes;

/// <summary>Keeps a scheduler in one process: the server's own, or one apart, as another silo of a cluster is. Then either of the two may die and leave the other.</summary>
internal sealed class SchedulerHost(SimSystem system, SimProcess process, StoreLink store, StoreClock clock, IEventSink events)
{
    private static readonly TimeSpan StartRetry = TimeSpan.FromMilliseconds(300);

    public SimProcess Process => process;

    /// <summary>Null until it has started.</summary>
    public SchedulerActor? Scheduler { get; private set; }

    /// <summary>A process that has nothing but the scheduler.</summary>
    public static SchedulerHost StartApart(SimSystem system)
    {
        var process = system.NewProcess(SimSystem.SchedulerName);
        var (store, clock) = (system.OpenStore(process), new StoreClock(process.Clock));
        var host = new SchedulerHost(system, process, store, clock, new CurrentEvents(system));
        process.Post("start", () => _ = StartAsync());
        return host;

        async Task StartAsync()
        {
            clock.Observe(await store.ReadTimeWhenThereAsync());
            await host.RunAsync();
        }
    }

    public Destination<ISchedulerActor>? Find() => Scheduler is { } scheduler ? new(process, scheduler) : null;

    /// <summary>An engine makes a new scheduler when the one it has was refused: calls that still come need one.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            if (Scheduler is null or { HasSteppedDown: true } && this == system.Servers.Scheduling)
            {
                await TryStartAsync();
            }

            await Task.Delay(StartRetry, process.Clock);
        }
    }

    private async Task TryStartAsync()
    {
        var scheduler = new SchedulerActor(system.SchedulerOptions, Ports());
        try
        {
            Scheduler = scheduler;
            await scheduler.StartAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is StoreUnavailableException or StoreUnknownException)
        {
            Scheduler = null;
        }
    }

    private SchedulerPorts Ports() => new()
    {
        Actors = new SimActors(system.Network, process, system.Directory),
        Store = store,
        Events = events,
        Time = process.Clock,
        Clock = clock,
        Random = system.Random,
        Logger = new SimLogger<SchedulerActor>(system.World, process),
        Strategies = SimSystem.Strategies,
        States = store,
    };

    /// <summary>What a scheduler apart tells reaches those who listen at the server that is current.</summary>
    private sealed class CurrentEvents(SimSystem system) : IEventSink
    {
        public bool Listening => true;

        public void Publish(IReadOnlyList<TaskEvent> events) => system.Servers.Current.Events.Publish(events);
    }
}
