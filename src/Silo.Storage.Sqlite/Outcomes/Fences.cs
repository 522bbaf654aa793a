using Silo.Core.Nodes;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Outcomes;

/// <summary>The check that every write of a node begins with, in the transaction of that write.</summary>
internal static class Fences
{
    public static bool IsAlive(WriteTransaction transaction, NodeFence fence)
    {
        var row = transaction.Prepare("SELECT 1 FROM nodes WHERE name = ? AND incarnation = ? AND alive = 1").Bind(fence.Node).Bind(fence.Incarnation);
        var alive = row.Step();
        row.Reset();
        return alive;
    }
}
