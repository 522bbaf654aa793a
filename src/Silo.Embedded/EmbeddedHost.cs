using Microsoft.Extensions.Hosting;
using Silo.Core.Clients;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Workers;
using Silo.Embedded.Leadership;

namespace Silo.Embedded;

/// <summary>Starts the scheduler with the process, since nobody may call it for long, and the worker that lives beside it; stops both in order.</summary>
internal sealed class EmbeddedHost(EmbeddedOptions options, EmbeddedActors actors, SchedulerLeaseKeeper lease, Retention retention, InboxPump inbox, LocalWorker worker)
    : IHostedService, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _retaining = Task.CompletedTask;
    private Task _takingIn = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        lease.Start(() => actors.ReplaceSchedulerAsync(options.Scheduler.Pool));
        await actors.Scheduler(options.Scheduler.Pool).ReadSnapshotAsync(new ReadSnapshot()).WaitAsync(cancellationToken);
        _retaining = retention.RunAsync(_stopping.Token);
        _takingIn = inbox.RunAsync(_stopping.Token);
        if (options.Worker is { } local)
        {
            worker.Start(local);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await worker.StopAsync(cancellationToken: cancellationToken);
        await _stopping.CancelAsync();
        await Task.WhenAll(_retaining, _takingIn);
        await actors.DisposeAsync();
        // Only now: whoever waits for the lease takes over at once.
        await lease.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await worker.DisposeAsync();
        await _stopping.CancelAsync();
        await Task.WhenAll(_retaining, _takingIn);
        _stopping.Dispose();
    }
}
