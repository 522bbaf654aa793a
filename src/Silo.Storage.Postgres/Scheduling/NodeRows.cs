using System.Text;
using Npgsql;
using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Outcomes;
using Silo.Storage.Postgres.Sql;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres.Scheduling;

/// <summary>The rows of nodes: their incarnations begin and end here, under the scheduler's epoch.</summary>
internal static class NodeRows
{
    private const string Save = """
        INSERT INTO silo.nodes (name, pool, instance, registration, incarnation, alive) VALUES ($1, $2, $3, $4, $5, true)
        ON CONFLICT (name) DO UPDATE SET pool = excluded.pool, instance = excluded.instance, registration = excluded.registration,
            incarnation = excluded.incarnation, alive = true, left_in_order = false, ended_at = NULL
        """;

    private const string All = "SELECT registration::text, incarnation, alive, draining, left_in_order, ended_at FROM silo.nodes WHERE pool = $1 ORDER BY name";

    public static async Task<IReadOnlyList<NodeRecord>> ReadAsync(NpgsqlConnection connection, string pool, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement(All, Parameters.Of(pool));
        return await command.ReadAllAsync(
            row => new NodeRecord(RowJson.ReadRegistration(Encoding.UTF8.GetBytes(row.ReadText())), row.ReadInt64(), row.ReadBool(), row.ReadBool(), row.ReadBool(), row.ReadTimeOrNull()),
            cancellationToken);
    }

    public static async Task<RegisterNodeAnswer> RegisterAsync(WriteTransaction transaction, string pool, long epoch, NodeRegistration registration)
    {
        await Fences.LockAsync(transaction, registration.Name);
        if (!await Epochs.IsLatestAsync(transaction, pool, epoch))
            return new RegisterNodeAnswer(EpochAnswer.StaleEpoch, 0, false, []);

        var before = await FindAsync(transaction, registration.Name);
        var same = before is { Alive: true } && before.Instance == registration.Instance;
        var incarnation = same ? before!.Incarnation : (before?.Incarnation ?? await LastForgottenAsync(transaction)) + 1;
        var casualties = before is { Alive: true } && !same
            ? await RunningRows.EndAsync(transaction, new NodeFence(registration.Name, before.Incarnation), FenceReason.Died)
            : [];
        await transaction.RunAsync(
            Save, Parameters.Of(registration.Name), Parameters.Of(pool), Parameters.Of(registration.Instance),
            Parameters.Json(RowJson.WriteRegistration(registration)), Parameters.Of(incarnation));
        return new RegisterNodeAnswer(EpochAnswer.Done, incarnation, before?.Draining ?? false, casualties);
    }

    public static async Task<FenceNodeAnswer> FenceAsync(WriteTransaction transaction, string pool, long epoch, NodeFence fence, FenceReason reason)
    {
        var answer = await CheckAsync(transaction, pool, epoch, fence);
        if (answer != EpochAnswer.Done)
            return new FenceNodeAnswer(answer, []);

        await transaction.RunAsync(
            $"UPDATE silo.nodes SET incarnation = incarnation + 1, alive = false, left_in_order = $2, ended_at = {OutcomeSql.Now} WHERE name = $1",
            Parameters.Of(fence.Node), Parameters.Of(reason == FenceReason.Left));
        return new FenceNodeAnswer(EpochAnswer.Done, await RunningRows.EndAsync(transaction, fence, reason));
    }

    public static async Task<ReleaseRunningAnswer> ReleaseAsync(WriteTransaction transaction, string pool, long epoch, NodeFence fence, IReadOnlyList<TaskId> held)
    {
        var answer = await CheckAsync(transaction, pool, epoch, fence);
        return new ReleaseRunningAnswer(answer, answer == EpochAnswer.Done ? await RunningRows.ReleaseAsync(transaction, fence, held) : []);
    }

    public static async Task<bool> SetDrainAsync(WriteTransaction transaction, string pool, long epoch, string node, bool draining)
    {
        if (!await Epochs.IsLatestAsync(transaction, pool, epoch))
            return false;

        await transaction.RunAsync(
            "UPDATE silo.nodes SET draining = $3 WHERE name = $1 AND pool = $2", Parameters.Of(node), Parameters.Of(pool), Parameters.Of(draining));
        return true;
    }

    public static async Task<ForgetNodeAnswer> ForgetAsync(WriteTransaction transaction, string pool, long epoch, NodeFence fence, bool draining)
    {
        await Fences.LockAsync(transaction, fence.Node);
        if (!await Epochs.IsLatestAsync(transaction, pool, epoch))
            return ForgetNodeAnswer.StaleEpoch;

        if (await FindAsync(transaction, fence.Node) is not { } known)
            return ForgetNodeAnswer.Forgotten;

        if (known.Alive || known.Incarnation != fence.Incarnation || known.Draining != draining)
            return ForgetNodeAnswer.Changed;

        await transaction.RunAsync("UPDATE silo.forgotten_nodes SET incarnation_max = greatest(incarnation_max, $1)", Parameters.Of(known.Incarnation));
        await transaction.RunAsync("DELETE FROM silo.nodes WHERE name = $1", Parameters.Of(fence.Node));
        return ForgetNodeAnswer.Forgotten;
    }

    private static async Task<long> LastForgottenAsync(WriteTransaction transaction) =>
        (await transaction.ReadAsync(row => row.ReadInt64(), "SELECT incarnation_max FROM silo.forgotten_nodes"))[0];

    private static async Task<EpochAnswer> CheckAsync(WriteTransaction transaction, string pool, long epoch, NodeFence fence)
    {
        await Fences.LockAsync(transaction, fence.Node);
        if (!await Epochs.IsLatestAsync(transaction, pool, epoch))
            return EpochAnswer.StaleEpoch;

        return await Fences.IsAliveAsync(transaction, fence) ? EpochAnswer.Done : EpochAnswer.AlreadyFenced;
    }

    private static async Task<KnownNode?> FindAsync(WriteTransaction transaction, string name) =>
        (await transaction.ReadAsync(
            row => new KnownNode(row.ReadText(), row.ReadInt64(), row.ReadBool(), row.ReadBool()),
            "SELECT instance, incarnation, alive, draining FROM silo.nodes WHERE name = $1 FOR UPDATE", Parameters.Of(name))).FirstOrDefault();

    private sealed record KnownNode(string Instance, long Incarnation, bool Alive, bool Draining);
}
