using Silo.Core.Tasks;

namespace Silo.Core.Engine;

/// <summary>How an engine makes actors, when they are first called. Each factory runs on the scheduler of the actor it makes.</summary>
/// <remarks>An actor that implements <see cref="IActorLifecycle"/> is started and stopped by the engine.</remarks>
public sealed record ActorFactories
{
    /// <summary>By pool.</summary>
    public required Func<string, IActors, ISchedulerActor> Scheduler { get; init; }

    /// <summary>By node name.</summary>
    public required Func<string, IActors, INodeActor> Node { get; init; }

    public required Func<TaskId, IActors, ITaskActor> Task { get; init; }
}
