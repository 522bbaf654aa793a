using Silo.Core.Clients;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Simulation.Checks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Network;
using Silo.Simulation.Storage;

namespace Silo.Simulation.Processes;

/// <summary>One life of a server process: the nodes' actors, tasks' actors, the gateway's client and, unless it lives apart, the scheduler, all with memory that dies with it.</summary>
internal sealed class SimServer
{
    private readonly SimSystem _system;
    private readonly StoreClock _clock;
    private readonly LiveEvents _live = new();
    private readonly AuditedEvents _events;
    private readonly SimActors _actors;
    private readonly Dictionary<string, (NodeActor Actor, AuditedNode Audited)> _nodes = [];
    private readonly Dictionary<TaskId, TaskActor> _tasks = [];

    public SimServer(SimSystem system)
    {
        _system = system;
        Process = system.NewProcess(SimSystem.ServerName);
        Store = system.OpenStore(Process);
        _clock = new StoreClock(Process.Clock);
        _events = new AuditedEvents(system.World, system.Store, system.History, _live);
        _actors = new SimActors(system.Network, Process, system.Directory);
        Scheduling = new SchedulerHost(system, Process, Store, _clock, _events);
        Process.Post("start", () => _ = StartAsync());
    }

    public SimProcess Process { get; }

    public StoreLink Store { get; }

    /// <summary>What it tells those who listen here.</summary>
    public IEventSink Events => _events;

    /// <summary>Idle where the scheduler lives apart.</summary>
    public SchedulerHost Scheduling { get; }

    /// <summary>Null until the store's time is known.</summary>
    public SiloClient? Client { get; private set; }

    public IReadOnlyDictionary<string, (NodeActor Actor, AuditedNode Audited)> Nodes => _nodes;

    /// <summary>The node's actor here, made when it is first called.</summary>
    public Destination<INodeActor>? FindNode(string name)
    {
        if (Client is null)
        {
            return null;
        }

        if (!_nodes.TryGetValue(name, out var node))
        {
            var actor = new NodeActor(name, SimSystem.Pool, NodePorts());
            node = (actor, new AuditedNode(actor, name, _system.Epochs, _system.World, _system.Store, _system.Auditor, _system.Counts));
            _nodes.Add(name, node);
            Process.Post("start node actor", () => _ = actor.StartAsync(CancellationToken.None));
        }

        return new(Process, node.Audited);
    }

    public Destination<ITaskActor>? FindTask(TaskId id)
    {
        if (Client is null)
        {
            return null;
        }

        if (!_tasks.TryGetValue(id, out var task))
        {
            task = new TaskActor(id, Store, _actors, _clock, Process.Clock, SimSystem.Pool);
            _tasks.Add(id, task);
            _live.Watch(id, happened => Process.Post("notify task", () => _ = task.NotifyAsync(happened)));
        }

        return new(Process, task);
    }

    private async Task StartAsync()
    {
        _clock.Observe(await Store.ReadTimeWhenThereAsync());
        Client = new SiloClient(new SiloClientOptions { Pool = SimSystem.Pool }, new SiloClientPorts
        {
            Store = Store,
            Actors = _actors,
            Events = _events,
            Clock = _clock,
            Ids = _system.Random,
            Time = Process.Clock,
            Logger = new SimLogger<SiloClient>(_system.World, Process),
            Turns = Process.Turns,
        });
        if (!_system.SchedulerApart)
        {
            await Scheduling.RunAsync();
        }
    }

    private NodePorts NodePorts() => new()
    {
        Actors = _actors,
        Store = Store,
        Events = _events,
        Time = Process.Clock,
        Clock = _clock,
        Random = _system.Random,
        Ids = _system.Random,
        Logger = new SimLogger<NodeActor>(_system.World, Process),
    };
}
