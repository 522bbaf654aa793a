using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Conformance.Engine;

/// <summary>Hosts one suite's actors in the engine under test.</summary>
public abstract class EngineConformance
{
    /// <summary>Nothing here takes long; a test that waits this long has found a call that was lost.</summary>
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Starts the engine with these actors.</summary>
    /// <param name="events">What is published here reaches the task actors of this engine.</param>
    protected abstract Task<IRunningEngine> StartEngineAsync(ActorFactories factories, LiveEvents events);

    /// <summary>Starts the engine with scripted actors; a kind that is not given cannot be called.</summary>
    protected Task<IRunningEngine> StartEngineAsync(
        Func<string, IActors, ISchedulerActor>? scheduler = null,
        Func<string, IActors, INodeActor>? node = null,
        Func<TaskId, IActors, ITaskActor>? task = null,
        LiveEvents? events = null) =>
        StartEngineAsync(
            new ActorFactories
            {
                Scheduler = scheduler ?? ((pool, _) => throw new NotSupportedException($"No scheduler is part of this test, yet '{pool}' was called.")),
                Node = node ?? ((name, _) => throw new NotSupportedException($"No node is part of this test, yet '{name}' was called.")),
                Task = task ?? ((id, _) => throw new NotSupportedException($"No task is part of this test, yet {id} was called.")),
            },
            events ?? new LiveEvents());
}

/// <summary>An engine that hosts the actors of one test.</summary>
public interface IRunningEngine : IAsyncDisposable
{
    IActors Actors { get; }
}
