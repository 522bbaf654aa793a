using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Outcomes;

/// <summary>Stores that attempts have begun. Advisory, but a stored start is what a death is counted against.</summary>
internal static class MarkRunning
{
    public static bool Execute(WriteTransaction transaction, NodeFence fence, IReadOnlyList<TaskStart> starts)
    {
        if (!Fences.IsAlive(transaction, fence))
        {
            return false;
        }

        foreach (var start in starts)
        {
            MarkOne(transaction, fence, start);
        }

        return true;
    }

    private static void MarkOne(WriteTransaction transaction, NodeFence fence, TaskStart start)
    {
        var row = transaction.Prepare("SELECT number, queue, state FROM tasks WHERE id = ? AND attempt = ? AND state < 2").Bind(start.Id).Bind(start.Attempt);
        if (!row.Step())
        {
            return;
        }

        var number = row.ReadInt64();
        transaction.Counters.Moved(row.ReadText(), row.ReadState(), StoredState.Running);
        row.Reset();
        transaction.Prepare("UPDATE tasks SET state = 1, node = ?, incarnation = ?, started_at = ? WHERE number = ?")
            .Bind(fence.Node).Bind(fence.Incarnation).Bind(start.StartedAt).Bind(number).Run();
    }
}
