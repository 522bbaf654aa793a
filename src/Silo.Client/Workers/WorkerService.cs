using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Silo.Core.Engine;
using Silo.Core.Handlers;
using Silo.Core.Workers;

namespace Silo.Client.Workers;

/// <summary>Starts and stops the worker with its host. When the worker breaks down, so does the host: a process that runs nothing must not look healthy.</summary>
internal sealed class WorkerService(IServiceProvider services, WorkerOptions options, ILogger<WorkerRuntime> logger) : BackgroundService, IWorkerStatus, IAsyncDisposable
{
    private readonly WorkerRuntime _runtime = new(
        options,
        services.GetRequiredService<INodeDoor>(),
        services.GetRequiredService<IHandlerCatalog>(),
        new WorkerEnvironment
        {
            Time = services.GetRequiredService<TimeProvider>(),
            Ids = services.GetRequiredService<IIdSource>(),
            Random = services.GetRequiredService<IRandomSource>(),
            Turns = new TurnScheduler(),
            Handlers = TaskScheduler.Default,
            Load = services.GetService<ILoadProbe>(),
            Observer = services.GetService<IExecutionObserver>(),
            Logger = logger,
        });

    public Task<WorkerStatus> ReadStatusAsync() => _runtime.ReadStatusAsync();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _runtime.StopAsync(grace: null, cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return _runtime.DisposeAsync();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _runtime.Start();
        return _runtime.Completion;
    }
}
