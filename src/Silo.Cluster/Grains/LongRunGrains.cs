using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Tasks;

namespace Silo.Cluster.Grains;

/// <summary>Activates the grain of a task that has run for long, on its node, so that whoever looks at the cluster's grains sees what runs. Short tasks cost no grain.</summary>
internal sealed class LongRunGrains(IActors actors) : ILongRunObserver
{
    public void StoredAsRunning(string node, IReadOnlyList<TaskId> ids)
    {
        foreach (var id in ids)
        {
            // A grain that cannot be activated is missing on a dashboard, no more.
            actors.Task(id).NotifyAsync(new TaskEvent { Kind = TaskEventKind.Dispatched, Id = id, Node = node }).Ignore();
        }
    }
}
