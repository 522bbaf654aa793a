using Silo.Core.Engine;
using Silo.Core.Placement;
using Silo.Core.Queues;
using Silo.Core.Scheduling;
using Silo.Core.Tasks;
using Silo.Simulation.Checks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Network;
using Silo.Simulation.Runs;
using Silo.Simulation.Storage;
using Silo.Simulation.Workload;

namespace Silo.Simulation.Processes;

/// <summary>Everything of one run: the store, the servers, the workers, the network between them, and the ledgers beside them.</summary>
internal sealed class SimSystem : IActorDirectory
{
    public const string Pool = "default";
    public const string ServerName = "server";
    public const string SchedulerName = "scheduler";

    /// <summary>Every worker but one knows both.</summary>
    public static readonly IReadOnlyList<string> Types = ["work", "other"];

    public static readonly PlacementStrategies Strategies = new(PlacementStrategies.BuiltIn);

    private static readonly TimeSpan ClockErrorMax = TimeSpan.FromHours(1);

    private readonly SimProcess _operator;
    private int _processes;

    public SimSystem(SimWorld world, Func<SimWorld, StoreAuditor, SimStore> newStore)
    {
        World = world;
        Random = new SimRandom(world);
        Auditor = new StoreAuditor(world);
        Store = newStore(world, Auditor);
        History = new CommitHistory();
        Epochs = new EpochLedger(world);
        Queues = SimQueues.All(world);
        Store.Apply(Queues);
        Ledger = new ExecutionLedger(world, Store, Auditor, Queues);
        Auditor.Changed += (before, after, _) => History.Add(before, after);
        StoreWeather = new StoreWeather(world);
        NetworkWeather = new NetworkWeather(world) { InsideToo = world.Chance(0.5) };
        Network = new SimNetwork(world, NetworkWeather, Counts);
        SchedulerOptions = SmallWindows(world);
        _operator = new SimProcess(world, ++_processes, "operator", TimeSpan.Zero);
        StoreProcess = new SimProcess(world, ++_processes, "store", TimeSpan.Zero);
        Servers = new ServerRoom(this);
        Workers = NodeFleet.Start(this);
    }

    public SimWorld World { get; }

    /// <summary>Half of all runs have the scheduler in a process of its own, as in a cluster, so that gateways and nodes outlive it, and it them.</summary>
    public bool SchedulerApart => World.Seed % 2 == 0;

    public SimRandom Random { get; }

    public RunCounts Counts { get; } = new();

    public TaskBook Book { get; } = new();

    public StoreAuditor Auditor { get; }

    public SimStore Store { get; }

    public CommitHistory History { get; }

    public EpochLedger Epochs { get; }

    public ExecutionLedger Ledger { get; }

    public StoreWeather StoreWeather { get; }

    public NetworkWeather NetworkWeather { get; }

    public SimNetwork Network { get; }

    public SchedulerOptions SchedulerOptions { get; }

    public IReadOnlyList<QueueSettings> Queues { get; }

    public ServerRoom Servers { get; }

    public IReadOnlyList<SimWorker> Workers { get; }

    public IActorDirectory Directory => this;

    private SimProcess StoreProcess { get; }

    public SimProcess NewProcess(string name) =>
        new(World, ++_processes, name, World.Between(-ClockErrorMax, ClockErrorMax));

    /// <summary>Windows so small that a few dozen tasks overflow them.</summary>
    private static SchedulerOptions SmallWindows(SimWorld world) => new()
    {
        Pool = Pool,
        CautiousStarts = 8,
        ForgetNodesAfter = world.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)),
        Sweep = world.Between(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)),
        Remember = world.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)),
        Window = new ReadyWindowLimits
        {
            EntriesPerPriority = 4 + world.Random.Next(12),
            ParkedShapesMax = 2,
            ParkedHeads = 2,
            PageRows = 2 + world.Random.Next(8),
            LeftDuringReadMax = 16,
            AgeingInterval = TimeSpan.FromSeconds(2),
        },
    };

    public StoreLink OpenStore(SimProcess process) => new(World, Store, StoreProcess, StoreWeather, process, Counts);

    public Destination<ISchedulerActor>? FindScheduler() => Servers.FindScheduler();

    public Destination<INodeActor>? FindNode(string name) => Servers.FindNode(name);

    public Destination<ITaskActor>? FindTask(TaskId id) => Servers.FindTask(id);

    /// <summary>Something the operator of the run does, outside every process under test.</summary>
    public void Post(string what, Action action, TimeSpan delay = default) => _operator.Post(what, action, delay);
}
