using Silo.Core.Engine;

namespace Silo.Cluster.Client.Grains;

/// <summary>One task, by its id: there for every task that was ever submitted, active only while somebody asks about it or while it has run for long.</summary>
public interface ITaskGrain : IGrainWithGuidKey, ITaskActor
{
    /// <summary>The task as it is now, and again whenever its state, progress or log changes, until it has ended. What changes while the last is read comes as one.</summary>
    /// <remarks>Ends early when its silo leaves; <see cref="SiloClusterClient.FollowAsync"/> goes on elsewhere.</remarks>
    IAsyncEnumerable<TaskStatusReply> FollowAsync(CancellationToken cancellationToken = default);
}
