using Silo.Core.Nodes;
using Silo.Storage.Postgres.Opening;
using Silo.Storage.Postgres.Sql;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres.Scheduling;

/// <summary>The lock that every write of a node shares, and that whoever ends an incarnation has for itself.</summary>
internal static class Fences
{
    /// <summary>Waits for the node's batches that are under way, and keeps new ones out: the lock's queue is fair, so that many overlapping batches cannot starve it.</summary>
    public static Task LockAsync(WriteTransaction transaction, string node) =>
        transaction.AnyAsync("SELECT pg_advisory_xact_lock($1, hashtext($2))", Parameters.Of(AdvisoryLocks.Node), Parameters.Of(node));

    public static Task<bool> IsAliveAsync(WriteTransaction transaction, NodeFence fence) =>
        transaction.AnyAsync(
            "SELECT 1 FROM silo.nodes WHERE name = $1 AND incarnation = $2 AND alive FOR UPDATE", Parameters.Of(fence.Node), Parameters.Of(fence.Incarnation));
}
