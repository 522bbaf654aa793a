using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Sqlite.Outcomes;
using Silo.Storage.Sqlite.Sql;
using Silo.Storage.Sqlite.Writing;

namespace Silo.Storage.Sqlite.Scheduling;

/// <summary>The rows of nodes: their incarnations begin and end here, under the scheduler's epoch.</summary>
internal static class NodeRows
{
    private const string Save = """
        INSERT INTO nodes (name, pool, instance, registration, incarnation, alive) VALUES (?, ?, ?, ?, ?, 1)
        ON CONFLICT (name) DO UPDATE SET pool = excluded.pool, instance = excluded.instance, registration = excluded.registration,
            incarnation = excluded.incarnation, alive = 1, left_in_order = 0, ended_at = NULL
        """;

    public static IReadOnlyList<NodeRecord> Read(Session session, string pool)
    {
        List<NodeRecord> nodes = [];
        var row = session.Prepare("SELECT registration, incarnation, alive, draining, left_in_order, ended_at FROM nodes WHERE pool = ? ORDER BY name").Bind(pool);
        while (row.Step())
        {
            nodes.Add(new NodeRecord(RowJson.ReadRegistration(row.ReadBytes()), row.ReadInt64(), row.ReadBool(), row.ReadBool(), row.ReadBool(), row.ReadTimeOrNull()));
        }

        return nodes;
    }

    public static RegisterNodeAnswer Register(WriteTransaction transaction, string pool, long epoch, NodeRegistration registration)
    {
        if (!Epochs.IsLatest(transaction, pool, epoch))
        {
            return new RegisterNodeAnswer(EpochAnswer.StaleEpoch, 0, false, []);
        }

        var before = Find(transaction, registration.Name);
        var same = before is { Alive: true } && before.Instance == registration.Instance;
        var incarnation = same ? before!.Incarnation : (before?.Incarnation ?? LastForgotten(transaction)) + 1;
        var casualties = before is { Alive: true } && !same
            ? RunningRows.End(transaction, new NodeFence(registration.Name, before.Incarnation), FenceReason.Died)
            : [];
        transaction.Prepare(Save)
            .Bind(registration.Name).Bind(pool).Bind(registration.Instance).Bind(RowJson.WriteRegistration(registration)).Bind(incarnation).Run();
        return new RegisterNodeAnswer(EpochAnswer.Done, incarnation, before?.Draining ?? false, casualties);
    }

    public static FenceNodeAnswer Fence(WriteTransaction transaction, string pool, long epoch, NodeFence fence, FenceReason reason)
    {
        if (Check(transaction, pool, epoch, fence) is var answer and not EpochAnswer.Done)
        {
            return new FenceNodeAnswer(answer, []);
        }

        transaction.Prepare("UPDATE nodes SET incarnation = incarnation + 1, alive = 0, left_in_order = ?, ended_at = ? WHERE name = ?")
            .Bind(reason == FenceReason.Left).Bind(transaction.Now).Bind(fence.Node).Run();
        return new FenceNodeAnswer(EpochAnswer.Done, RunningRows.End(transaction, fence, reason));
    }

    public static ReleaseRunningAnswer Release(WriteTransaction transaction, string pool, long epoch, NodeFence fence, IReadOnlyList<TaskId> held)
    {
        var answer = Check(transaction, pool, epoch, fence);
        return new ReleaseRunningAnswer(answer, answer == EpochAnswer.Done ? RunningRows.Release(transaction, fence, held) : []);
    }

    public static bool SetDrain(WriteTransaction transaction, string pool, long epoch, string node, bool draining)
    {
        if (!Epochs.IsLatest(transaction, pool, epoch))
        {
            return false;
        }

        transaction.Prepare("UPDATE nodes SET draining = ? WHERE name = ? AND pool = ?").Bind(draining).Bind(node).Bind(pool).Run();
        return true;
    }

    public static ForgetNodeAnswer Forget(WriteTransaction transaction, string pool, long epoch, NodeFence fence, bool draining)
    {
        if (!Epochs.IsLatest(transaction, pool, epoch))
        {
            return ForgetNodeAnswer.StaleEpoch;
        }

        if (Find(transaction, fence.Node) is not { } known)
        {
            return ForgetNodeAnswer.Forgotten;
        }

        if (known.Alive || known.Incarnation != fence.Incarnation || known.Draining != draining)
        {
            return ForgetNodeAnswer.Changed;
        }

        transaction.Prepare("UPDATE forgotten_nodes SET incarnation_max = max(incarnation_max, ?)").Bind(known.Incarnation).Run();
        transaction.Prepare("DELETE FROM nodes WHERE name = ?").Bind(fence.Node).Run();
        return ForgetNodeAnswer.Forgotten;
    }

    private static long LastForgotten(WriteTransaction transaction)
    {
        var row = transaction.Prepare("SELECT incarnation_max FROM forgotten_nodes");
        row.Step();
        var last = row.ReadInt64();
        row.Reset();
        return last;
    }

    private static EpochAnswer Check(WriteTransaction transaction, string pool, long epoch, NodeFence fence)
    {
        if (!Epochs.IsLatest(transaction, pool, epoch))
        {
            return EpochAnswer.StaleEpoch;
        }

        return Fences.IsAlive(transaction, fence) ? EpochAnswer.Done : EpochAnswer.AlreadyFenced;
    }

    private static KnownNode? Find(WriteTransaction transaction, string name)
    {
        var row = transaction.Prepare("SELECT instance, incarnation, alive, draining FROM nodes WHERE name = ?").Bind(name);
        return row.Step() ? new KnownNode(row.ReadText(), row.ReadInt64(), row.ReadBool(), row.ReadBool()) : null;
    }

    private sealed record KnownNode(string Instance, long Incarnation, bool Alive, bool Draining);
}
