using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Storage;
using Silo.Core.Workers;
using Silo.Embedded.Turns;

namespace Silo.Embedded;

/// <summary>Starts the scheduler with the process, since nobody may call it for long, and the worker that lives beside it; stops both in order.</summary>
internal sealed class EmbeddedHost(
    EmbeddedOptions options,
    EmbeddedActors actors,
    Retention retention,
    TimeProvider time,
    IIdSource ids,
    IRandomSource random,
    ILogger<WorkerRuntime> workerLogger,
    IHandlerCatalog? handlers = null,
    ILoadProbe? load = null,
    IExecutionObserver? observer = null) : IHostedService, IAsyncDisposable
{
    private readonly TurnScheduler _workerTurns = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _retaining = Task.CompletedTask;
    private WorkerRuntime? _worker;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await actors.Scheduler(options.Scheduler.Pool).ReadSnapshotAsync(new ReadSnapshot()).WaitAsync(cancellationToken);
        _retaining = retention.RunAsync(_stopping.Token);
        if (options.Worker is not { } worker)
        {
            return;
        }

        _worker = new WorkerRuntime(worker, actors.Node(worker.Name), handlers ?? new HandlerTable([]), new WorkerEnvironment
        {
            Time = time,
            Ids = ids,
            Random = random,
            Turns = _workerTurns,
            Handlers = TaskScheduler.Default,
            Load = load,
            Observer = observer,
            Logger = workerLogger,
        });
        _worker.Start();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_worker is not null)
        {
            await _worker.StopAsync(cancellationToken: cancellationToken);
        }

        await _stopping.CancelAsync();
        await _retaining;
        await actors.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null)
        {
            await _worker.DisposeAsync();
            _worker = null;
        }

        await _stopping.CancelAsync();
        await _retaining;
        _stopping.Dispose();
    }
}
