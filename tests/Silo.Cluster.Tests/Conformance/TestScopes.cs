using System.Collections.Concurrent;
using System.Globalization;
using Silo.Conformance.Engine;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Cluster.Tests.Conformance;

/// <summary>Keeps the tests that share a cluster apart: each sees keys of its own, and the factories in the silos find the test of a key.</summary>
internal sealed class TestScopes
{
    private readonly ConcurrentDictionary<string, Scope> _open = new();
    private readonly ConcurrentDictionary<TaskId, (Scope Scope, TaskId Id)> _tasks = new();
    private int _opened;

    public TestScopes() => Factories = new ActorFactories
    {
        Scheduler = (key, actors) =>
        {
            var (scope, pool) = Find(key);
            return scope.Factories.Scheduler(pool, scope.Inside(actors));
        },
        Node = (key, actors) =>
        {
            var (scope, name) = Find(key);
            return scope.Factories.Node(name, scope.Inside(actors));
        },
        Task = (key, actors) =>
        {
            var (scope, id) = _tasks[key];
            return scope.Factories.Task(id, scope.Inside(actors));
        },
    };

    /// <summary>For the silos.</summary>
    public ActorFactories Factories { get; }

    public Task<IDisposable> Watch(TaskId key, Action<TaskEvent> receive)
    {
        var (scope, id) = _tasks[key];
        return Task.FromResult(scope.Events.Watch(id, receive));
    }

    public IRunningEngine Open(IActors actors, ActorFactories factories, LiveEvents events)
    {
        var scope = new Scope(this, Interlocked.Increment(ref _opened).ToString(CultureInfo.InvariantCulture), actors, factories, events);
        _open[scope.Name] = scope;
        return scope;
    }

    private (Scope Scope, string Name) Find(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return (_open[key[..slash]], key[(slash + 1)..]);
    }

    private sealed class Scope(TestScopes owner, string name, IActors actors, ActorFactories factories, LiveEvents events) : IRunningEngine
    {
        private readonly ConcurrentDictionary<TaskId, TaskId> _keys = new();

        public string Name => name;

        public ActorFactories Factories => factories;

        public LiveEvents Events => events;

        public IActors Actors => Inside(actors);

        public IActors Inside(IActors shared) => new ScopedActors(this, shared);

        public TaskId KeyOf(TaskId id) => _keys.GetOrAdd(id, one =>
        {
            var key = new TaskId(Guid.NewGuid());
            owner._tasks[key] = (this, one);
            return key;
        });

        // What the test left behind in the silos is not called again, and goes with the cluster.
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class ScopedActors(Scope scope, IActors shared) : IActors
    {
        public ISchedulerActor Scheduler(string pool) => shared.Scheduler($"{scope.Name}/{pool}");

        public INodeActor Node(string name) => shared.Node($"{scope.Name}/{name}");

        public ITaskActor Task(TaskId id) => shared.Task(scope.KeyOf(id));
    }
}
