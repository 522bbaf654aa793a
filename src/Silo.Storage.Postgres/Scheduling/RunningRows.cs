using System.Globalization;
using Silo.Core.Nodes;
using Silo.Core.Storage;
using Silo.Core.Tasks;
using Silo.Storage.Postgres.Outcomes;
using Silo.Storage.Postgres.Sql;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres.Scheduling;

/// <summary>The rows marked running under an incarnation, and how they stop being so without an outcome. Call it with the node's lock held.</summary>
internal static class RunningRows
{
    private const string Marked = "SELECT id, deaths FROM silo.tasks WHERE state = 1 AND node = $1 AND incarnation = $2 ORDER BY id FOR UPDATE";

    private const string PutBack = """
        UPDATE silo.tasks t SET state = 0, started_at = NULL, deaths = new.deaths FROM unnest($1, $2) AS new (id, deaths) WHERE t.id = new.id
        """;

    // Without an incarnation the row is nobody's outcome: no late report may take it for its own.
    private const string Convict = $"""
        WITH done AS (
            UPDATE silo.tasks t SET state = 3, deaths = new.deaths, incarnation = 0, finished_at = {OutcomeSql.Now}, error_code = 'poison', error_message = new.message
            FROM unnest($1, $2, $3) AS new (id, deaths, message)
            WHERE t.id = new.id
            RETURNING t.id, t.queue, t.priority, t.state, t.finished_at),
        {OutcomeSql.Ended}
        SELECT count(*) FROM done
        """;

    /// <summary>The incarnation is over: its rows wait again, or are failed when this was one death too many.</summary>
    public static async Task<IReadOnlyList<Casualty>> EndAsync(WriteTransaction transaction, NodeFence fence, FenceReason reason)
    {
        var died = reason == FenceReason.Died;
        Casualty[] casualties = [.. (await FindAsync(transaction, fence)).Select(row => (row.Id, Deaths: row.Deaths + (died ? 1 : 0)))
            .Select(row => new Casualty(row.Id, row.Deaths, died && row.Deaths >= TaskLimits.DeathsMax))];
        await PutBackAsync(transaction, [.. casualties.Where(casualty => !casualty.Convicted)]);
        await ConvictAsync(transaction, fence, [.. casualties.Where(casualty => casualty.Convicted)]);
        return casualties;
    }

    /// <summary>The node lives and says that it does not hold them.</summary>
    public static async Task<IReadOnlyList<TaskId>> ReleaseAsync(WriteTransaction transaction, NodeFence fence, IReadOnlyList<TaskId> held)
    {
        HashSet<TaskId> kept = [.. held];
        Casualty[] released = [.. (await FindAsync(transaction, fence)).Where(row => !kept.Contains(row.Id))];
        await PutBackAsync(transaction, released);
        return [.. released.Select(row => row.Id)];
    }

    private static Task<List<Casualty>> FindAsync(WriteTransaction transaction, NodeFence fence) =>
        transaction.ReadAsync(row => new Casualty(row.ReadId(), row.ReadInt32(), false), Marked, Parameters.Of(fence.Node), Parameters.Of(fence.Incarnation));

    private static async Task PutBackAsync(WriteTransaction transaction, Casualty[] rows)
    {
        if (rows.Length > 0)
            await transaction.RunAsync(PutBack, Parameters.Of([.. rows.Select(row => row.Id)]), Parameters.Of([.. rows.Select(row => row.Deaths)]));
    }

    private static async Task ConvictAsync(WriteTransaction transaction, NodeFence fence, Casualty[] rows)
    {
        if (rows.Length == 0)
            return;
        var messages = rows.Select(row => string.Create(CultureInfo.InvariantCulture,
            $"Its start was followed by the death of its node {row.Deaths} times, last of {fence.Node}; at {TaskLimits.DeathsMax} a task is not started again. Retry it when the cause is removed."));
        await transaction.RunAsync(
            Convict, Parameters.Of([.. rows.Select(row => row.Id)]), Parameters.Of([.. rows.Select(row => row.Deaths)]), Parameters.Of([.. messages]));
    }
}
