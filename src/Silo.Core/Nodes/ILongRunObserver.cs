using Silo.Core.Tasks;

namespace Silo.Core.Nodes;

/// <summary>Hears of tasks that have run for so long that the store knows them as running. An engine shows those as live; the many short ones it never sees.</summary>
public interface ILongRunObserver
{
    /// <summary>Called on the turn of the node's actor after the commit. It must return at once and not throw.</summary>
    void StoredAsRunning(string node, IReadOnlyList<TaskId> ids);
}
