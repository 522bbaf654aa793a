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
internal sealed class TaskGrain(IGrainContext context, LocalGrains local, ActorFactories factories, IActors actors, WatchTask watch) : ActorGrain<ITaskActor>(context, local), ITaskGrain
{
    private readonly HashSet<SemaphoreSlim> _followers = [];
    private IDisposable? _watch;
    private bool _ending;

    private TaskId Id => new(GrainContext.GrainId.GetGuidKey());

    public Task<TaskStatusReply> ReadAsync(ReadTask request) => Actor.ReadAsync(request);

    public Task<TaskStatusReply> WaitAsync(WaitTask request) => Actor.WaitAsync(request);

    public Task<Acknowledged> NotifyAsync(TaskEvent happened) => Actor.NotifyAsync(happened);

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
