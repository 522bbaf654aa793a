using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Handlers;

namespace Silo.Core.Workers;

/// <summary>The worker that lives beside an engine, in its process: the same <see cref="WorkerRuntime"/> as anywhere, with the node's actor as its door.</summary>
public sealed class LocalWorker(
    IActors actors,
    TimeProvider time,
    IIdSource ids,
    IRandomSource random,
    ILogger<WorkerRuntime> logger,
    IHandlerCatalog? handlers = null,
    ILoadProbe? load = null,
    IExecutionObserver? observer = null,
    WatchDoor? watch = null) : IAsyncDisposable
{
    private readonly TurnScheduler _turns = new();
    private WorkerRuntime? _worker;
    private volatile bool _leaving;

    /// <summary>Whether it was told to stop: this process takes no more work.</summary>
    public bool Leaving => _leaving;

    /// <summary>Begins to join, and goes on trying for as long as it takes.</summary>
    /// <param name="instance">From <see cref="WorkerEnvironment.Instance"/>.</param>
    /// <exception cref="ArgumentException">The options are not valid; the text has every problem.</exception>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public void Start(WorkerOptions options, string? instance = null)
    {
        if (_worker is not null)
            throw new InvalidOperationException($"The worker of node {options.Name} was started before: a process has one.");
        var door = actors.Node(options.Name);
        _worker = new WorkerRuntime(options, watch?.Invoke(door) ?? door, handlers ?? new HandlerTable([]), new WorkerEnvironment
        {
            Time = time,
            Ids = ids,
            Instance = instance,
            Random = random,
            Turns = _turns,
            Handlers = TaskScheduler.Default,
            Load = load,
            Observer = observer,
            Logger = logger,
        });
        _worker.Start();
    }

    /// <summary>What the worker holds, told by a turn of its own; null when it was never started.</summary>
    public async Task<WorkerStatus?> ReadStatusAsync() => _worker is { } worker ? await worker.ReadStatusAsync() : null;

    /// <inheritdoc cref="WorkerRuntime.StopAsync"/>
    /// <remarks>Returns at once when it was never started.</remarks>
    public Task StopAsync(TimeSpan? grace = null, CancellationToken cancellationToken = default)
    {
        _leaving = true;
        return _worker?.StopAsync(grace, cancellationToken) ?? Task.CompletedTask;
    }

    /// <summary>Stops at once, as a killed process would: nothing is given back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_worker is { } worker)
        {
            _worker = null;
            await worker.DisposeAsync();
        }
    }
}
