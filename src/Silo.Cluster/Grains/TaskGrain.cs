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
    private IDisposable? _watch;

    private TaskId Id => new(GrainContext.GrainId.GetGuidKey());

    public Task<TaskStatusReply> ReadAsync(ReadTask request) => Actor.ReadAsync(request);

    public Task<TaskStatusReply> WaitAsync(WaitTask request) => Actor.WaitAsync(request);

    public Task<Acknowledged> NotifyAsync(TaskEvent happened) => Actor.NotifyAsync(happened);

    public override async Task OnActivateAsync(CancellationToken token)
    {
        await base.OnActivateAsync(token);
        var turns = TaskScheduler.Current;
        _watch = await watch(Id, happened => Task.Factory.StartNew(() => Actor.NotifyAsync(happened), CancellationToken.None, TaskCreationOptions.DenyChildAttach, turns));
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        _watch?.Dispose();
        await base.OnDeactivateAsync(reason, token);
    }

    protected override ITaskActor MakeActor() => factories.Task(Id, actors);
}

/// <summary>Listens to the live events of one task, wherever in the cluster they happen, until disposed; see <see cref="LiveEvents.Watch"/>.</summary>
internal delegate Task<IDisposable> WatchTask(TaskId id, Action<TaskEvent> receive);
