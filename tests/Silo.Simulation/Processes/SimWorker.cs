using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Nodes;
using Silo.Core.Tasks;
using Silo.Core.Workers;
using Silo.Simulation.Checks;
using Silo.Simulation.Kernel;
using Silo.Simulation.Network;

namespace Silo.Simulation.Processes;

/// <summary>One node's worker over all its lives: started, crashed, frozen, stopped in order, and started again under the same name.</summary>
internal sealed class SimWorker
{
    private static readonly TimeSpan RestartMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RestartMax = TimeSpan.FromSeconds(8);

    private readonly SimSystem _system;
    private WorkerRuntime? _runtime;

    public SimWorker(SimSystem system, WorkerOptions options)
    {
        (_system, Options) = (system, options);
        Process = Start();
    }

    public WorkerOptions Options { get; }

    public string Name => Options.Name;

    public SimProcess Process { get; private set; }

    /// <summary>The incarnation it was last welcomed as.</summary>
    public NodeFence Fence { get; set; }

    /// <summary>When its last answered beat, or its registration, was sent.</summary>
    public TimeSpan LeaseCountedFrom { get; set; }

    /// <summary>The incarnation under which a beat was answered last.</summary>
    public NodeFence BeatsAs { get; set; }

    /// <summary>Handlers that have started and not returned, orphans included.</summary>
    public HashSet<HandlerRun> Running { get; } = [];

    /// <summary>It was told to stop in order.</summary>
    public bool Leaving { get; private set; }

    /// <summary>Since when its process has run without a stop.</summary>
    public TimeSpan UndisturbedSince { get; private set; }

    /// <summary>Ends it as kill -9 does; something starts it again after a while.</summary>
    public void Crash(string why)
    {
        if (Process.Alive)
        {
            _system.World.Trace.Add($"fault   {Name} crashes: {why}");
            _system.Counts.Crashes++;
            End();
        }
    }

    public void Freeze(TimeSpan span)
    {
        if (!Process.Alive || Process.Frozen)
        {
            return;
        }

        _system.World.Trace.Add($"fault   {Name} is frozen for {span.TotalSeconds:0.0} s");
        var life = Process;
        life.Freeze();
        _system.Post("thaw", () => Thaw(life), span);
    }

    /// <summary>Lets it give back and finish what it has, then starts it anew: one step of a rolling restart.</summary>
    public void StopInOrder()
    {
        if (Process.Alive && !Process.Frozen && _runtime is { } runtime)
        {
            var life = Process;
            _system.World.Trace.Add($"fault   {Name} is stopped in order");
            Leaving = true;
            life.Post("stop", () => _ = StopAsync(runtime, life));
        }
    }

    private void Thaw(SimProcess life)
    {
        life.Thaw();
        UndisturbedSince = _system.World.Now;
    }

    private async Task StopAsync(WorkerRuntime runtime, SimProcess life)
    {
        await runtime.StopAsync();
        if (life.Alive)
        {
            _system.World.Trace.Add($"fault   {Name} has stopped");
            End();
        }
    }

    private void End()
    {
        Process.Kill();
        _system.Ledger.Died(this);
        _runtime = null;
        _system.Post("restart", () => Process = Start(), _system.World.Between(RestartMin, RestartMax));
    }

    private SimProcess Start()
    {
        (UndisturbedSince, Leaving, Fence, BeatsAs) = (_system.World.Now, false, default, default);
        var process = _system.NewProcess(Name);
        process.Post("start", () => Run(process));
        return process;
    }

    private void Run(SimProcess process)
    {
        var door = new DoorTap(_system.World, _system.Ledger, this, new NodeCalls(_system.Network, process, Name, _system.Directory));
        var handlers = new HandlerTable(SimSystem.Types.Select(type => new SimHandler(type, this, process, _system.Ledger, _system.Book)));
        _runtime = new WorkerRuntime(Options, door, handlers, new WorkerEnvironment
        {
            Time = process.Clock,
            Ids = _system.Random,
            Random = _system.Random,
            Turns = process.Turns,
            Observer = new DecisionWatch(this),
            Handlers = process.Turns,
            Logger = new SimLogger<WorkerRuntime>(_system.World, process),
        });
        _runtime.Start();
        _ = WatchAsync(_runtime, process);
    }

    private async Task WatchAsync(WorkerRuntime runtime, SimProcess process)
    {
        try
        {
            await runtime.Completion;
        }
        catch (Exception error)
        {
            _system.World.Fail("a worker does not fail", $"{process.Name}: {error}");
        }
    }

    /// <summary>Hears what the worker decides about its handlers.</summary>
    private sealed class DecisionWatch(SimWorker worker) : IExecutionObserver
    {
        public void Started(TaskDispatch task) => worker._system.Ledger.Decided(worker, task);

        public void Ended(TaskDispatch task, ExecutionReport report) => worker._system.Ledger.Reported(worker, task);

        public void Answered(RecordedOutcome answer)
        {
        }
    }
}
