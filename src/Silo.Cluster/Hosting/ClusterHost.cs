using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Silo.Cluster.Events;
using Silo.Cluster.Grains;
using Silo.Core.Clients;
using Silo.Core.Engine;
using Silo.Core.Storage;
using Silo.Core.Workers;

namespace Silo.Cluster.Hosting;

/// <summary>What this silo does beside hosting grains: it is a node, keeps the scheduler awake and retention going. It starts after the silo has joined and ends before it leaves.</summary>
internal sealed class ClusterHost(
    SiloClusterOptions options, IActors actors, LocalGrains grains, Retention retention, InboxPump inbox, EventInterests interests, LocalWorker worker,
    IClusterMembershipService membership, ILocalSiloDetails silo, TimeProvider time, ILogger<ClusterHost> logger)
    : IHostedService, IAsyncDisposable
{
    // Nodes wake the scheduler by their beats; this is for a cluster whose silos only serve.
    private static readonly TimeSpan WakeInterval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private Task _retaining = Task.CompletedTask;
    private Task _takingIn = Task.CompletedTask;
    private Task _waking = Task.CompletedTask;
    private Task _noticing = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _waking = KeepSchedulerAwakeAsync();
        _noticing = WakeSchedulerOnChangeAsync();
        _listening = interests.RunAsync(_stopping.Token);
        _retaining = retention.RunAsync(_stopping.Token);
        _takingIn = inbox.RunAsync(_stopping.Token);
        if (options.Worker is { } node)
        {
            worker.Start(node, SiloDeaths.InstanceOf(silo.SiloAddress));
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await worker.StopAsync(cancellationToken: cancellationToken);
        await EndLoopsAsync();
        try
        {
            await grains.EndAllAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // No time is left for an orderly end: the silo takes its grains with it, as a killed one would.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await worker.DisposeAsync();
        await EndLoopsAsync();
        _stopping.Dispose();
    }

    private async Task EndLoopsAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_waking, _noticing, _listening, _retaining, _takingIn);
    }

    private async Task KeepSchedulerAwakeAsync()
    {
        using var interval = new PeriodicTimer(WakeInterval, time);
        try
        {
            do
            {
                await TryWakeAsync();
            }
            while (await interval.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The silo leaves; the others keep the scheduler awake.
        }
    }

    /// <summary>A scheduler that has died with its silo is called to life as soon as that death is known.</summary>
    private async Task WakeSchedulerOnChangeAsync()
    {
        try
        {
            await foreach (var _ in membership.MembershipUpdates.WithCancellation(_stopping.Token))
            {
                await TryWakeAsync();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // As above.
        }
    }

    private async Task TryWakeAsync()
    {
        try
        {
            await actors.Scheduler(options.Scheduler.Pool).LocateAsync(new LocateTasks([])).WaitAsync(options.Scheduler.CallTimeout, time, _stopping.Token);
        }
        catch (Exception problem) when (problem is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            ClusterLog.SchedulerSilent(logger, options.Scheduler.Pool, problem);
        }
    }
}
