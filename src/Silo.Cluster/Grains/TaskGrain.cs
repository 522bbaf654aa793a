using System.Runtime.CompilerServices;
using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Placement;
using Silo.Cluster.Client.Grains;
using Silo.Cluster.Placement;
using Silo.Core.Engine;
using Silo.Core.Tasks;

namespace Silo.Cluster.Grains;

/// <summary>One task, on the silo that asked for it first: the one with a reader, or its node when it has run for long. It hears the live events of its task from every silo.</summary>
[Reentrant]
[GrainDirectory(ClusterDirectory.Name)]
[PreferLocalPlacement]
[CollectionAgeLimit(Minutes = 2)]
internal sealed class TaskGrain(IGrainContext context, LocalGrains local, ActorFactories factories, IActors actors, WatchTask watch, IGrainRuntime runtime)
    : ActorGrain<ITaskActor>(context, local), ITaskGrain
{
    /// <summary>How often a grain that stays for a running task looks whether it still runs.</summary>
    private static readonly TimeSpan StayInterval = TimeSpan.FromMinutes(1);

    private readonly HashSet<SemaphoreSlim> _followers = [];
    private IGrainTimer? _staying;
    private IDisposable? _watch;
    private bool _ending;

    private TaskId Id => new(GrainContext.GrainId.GetGuidKey());

    public Task<TaskStatusReply> ReadAsync(ReadTask request) => Actor.ReadAsync(request);

    public Task<TaskStatusReply> WaitAsync(WaitTask request) => Actor.WaitAsync(request);

    /// <remarks>The node tells of a task that runs for long: its grain is then there until the task has left the node, read or not.</remarks>
    public async Task<Acknowledged> NotifyAsync(TaskEvent happened)
    {
        if (happened.Kind == TaskEventKind.Dispatched && _staying is null)
        {
            Stay();
            _staying = this.RegisterGrainTimer(StayOrGoAsync, new GrainTimerCreationOptions(StayInterval, StayInterval));
        }

        return await Actor.NotifyAsync(happened);
    }

    public async IAsyncEnumerable<TaskStatusReply> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var changed = new SemaphoreSlim(0, 1);
        _followers.Add(changed);
        try
        {
            while (!_ending)
            {
                var status = await Actor.ReadAsync(new ReadTask());
                yield return status;
                if (status.Task is null || status.State.IsTerminal())
                {
                    yield break;
                }

                // Events may be lost, so the row is looked at now and then.
                await changed.WaitAsync(TaskActor.RereadInterval, cancellationToken);
            }
        }
        finally
        {
            _followers.Remove(changed);
        }
    }

    public override async Task OnActivateAsync(CancellationToken token)
    {
        await base.OnActivateAsync(token);
        var turns = TaskScheduler.Current;
        _watch = await watch(Id, happened => Task.Factory.StartNew(() => Hear(happened), CancellationToken.None, TaskCreationOptions.DenyChildAttach, turns));
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        _watch?.Dispose();
        await base.OnDeactivateAsync(reason, token);
    }

    protected override async Task StopAsync()
    {
        _ending = true;
        WakeFollowers();
        await base.StopAsync();
    }

    protected override ITaskActor MakeActor() => factories.Task(Id, actors);

    private void Stay() => runtime.DelayDeactivation(GrainContext, StayInterval * 2);

    private async Task StayOrGoAsync(CancellationToken cancellationToken)
    {
        if ((await Actor.ReadAsync(new ReadTask())).State == TaskState.Running)
        {
            Stay();
            return;
        }

        _staying?.Dispose();
        _staying = null;
        runtime.DelayDeactivation(GrainContext, TimeSpan.Zero);
    }

    private void Hear(TaskEvent happened)
    {
        // It answers from memory, at once.
        _ = Actor.NotifyAsync(happened);
        WakeFollowers();
    }

    private void WakeFollowers()
    {
        foreach (var follower in _followers)
        {
            if (follower.CurrentCount == 0)
            {
                follower.Release();
            }
        }
    }
}

/// <summary>Listens to the live events of one task, wherever in the cluster they happen, until disposed; see <see cref="LiveEvents.Watch"/>.</summary>
internal delegate Task<IDisposable> WatchTask(TaskId id, Action<TaskEvent> receive);
