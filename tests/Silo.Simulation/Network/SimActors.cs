using Silo.Core.Engine;
using Silo.Core.Tasks;
using Silo.Simulation.Kernel;

namespace Silo.Simulation.Network;

/// <summary>Finds actors for one process; every call is a message.</summary>
internal sealed class SimActors(SimNetwork network, SimProcess from, IActorDirectory directory) : IActors
{
    public ISchedulerActor Scheduler(string pool) => new SchedulerCalls(network, from, directory);

    public INodeActor Node(string name) => new NodeCalls(network, from, name, directory);

    public ITaskActor Task(TaskId id) => new TaskCalls(network, from, id, directory);
}

/// <summary>Where each actor lives now; it may have moved between a call's sending and its arrival.</summary>
internal interface IActorDirectory
{
    Destination<ISchedulerActor>? FindScheduler();

    Destination<INodeActor>? FindNode(string name);

    Destination<ITaskActor>? FindTask(TaskId id);
}
