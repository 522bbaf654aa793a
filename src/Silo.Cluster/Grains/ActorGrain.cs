using Silo.Core.Engine;

namespace Silo.Cluster.Grains;

/// <summary>Hosts one of Core's actors: its turns are the grain's turns, interleaved at awaits, and it lives as long as the activation.</summary>
internal abstract class ActorGrain<TActor>(IGrainContext context, LocalGrains local) : IGrainBase, ILocalGrain, IAsyncDisposable
    where TActor : class
{
    private readonly CancellationTokenSource _stopping = new();
    private TActor? _actor;
    private TaskScheduler? _turns;

    public IGrainContext GrainContext => context;

    protected TActor Actor => _actor ?? throw new InvalidOperationException($"{context.GrainId} was called before it was activated.");

    protected string Key => context.GrainId.Key.ToString()!;

    public virtual async Task OnActivateAsync(CancellationToken token)
    {
        _turns = TaskScheduler.Current;
        local.Add(this);
        _actor = MakeActor();
        if (_actor is IActorLifecycle lifecycle)
        {
            await lifecycle.StartAsync(_stopping.Token);
        }
    }

    public virtual async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        local.Remove(this);
        await StopAsync();
    }

    /// <remarks>An activation ends only when the calls in it have, and the actor keeps some of them waiting until it is stopped.</remarks>
    public Task EndAsync() => _turns is null ? Task.CompletedTask : Task.Factory.StartNew(
        async () =>
        {
            await StopAsync();
            this.DeactivateOnIdle();
        },
        CancellationToken.None,
        TaskCreationOptions.DenyChildAttach,
        _turns).Unwrap();

    /// <summary>Follows every activation, also one that failed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_actor is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }

        _stopping.Dispose();
    }

    /// <summary>Called once, on a turn of the grain.</summary>
    protected abstract TActor MakeActor();

    /// <summary>Called on a turn of the grain, also when it was called before.</summary>
    protected virtual async Task StopAsync()
    {
        await _stopping.CancelAsync();
        if (_actor is IActorLifecycle lifecycle)
        {
            await lifecycle.StopAsync();
        }
    }
}
