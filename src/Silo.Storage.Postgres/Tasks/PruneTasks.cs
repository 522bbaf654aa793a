using Silo.Storage.Postgres.Sql;
using Silo.Storage.Postgres.Writing;

namespace Silo.Storage.Postgres.Tasks;

/// <summary>Deletes old history in small bites, by the batches in which tasks ended, oldest first.</summary>
internal static class PruneTasks
{
    /// <summary>Tasks that one transaction deletes at most.</summary>
    public const int BiteRowsMax = 500;

    private const string DeleteKeys = """
        DELETE FROM silo.idempotency_keys WHERE key IN (SELECT key FROM silo.idempotency_keys WHERE expires_at <= now() ORDER BY expires_at LIMIT $1)
        """;

    // Another pruner's batches are left to it.
    private const string Oldest = """
        SELECT number, finished_from, size FROM silo.endings
        WHERE finished_from < $1 AND (finished_from, number) > ($2, $3)
        ORDER BY finished_from, number LIMIT $4
        FOR UPDATE SKIP LOCKED
        """;

    // The predicate is repeated where the rows are deleted: an operator may have retried one meanwhile.
    private const string Delete = """
        WITH old AS (
            SELECT t.id FROM silo.endings e, unnest(e.ids) AS ended (id), silo.tasks t
            WHERE e.number = ANY($1) AND t.id = ended.id AND t.state >= 2 AND t.finished_at < $2
            ORDER BY t.finished_at LIMIT $3),
        deleted AS (
            DELETE FROM silo.tasks t USING old WHERE t.id = old.id AND t.state >= 2 AND t.finished_at < $2
            RETURNING t.queue, t.state, t.number),
        counted AS (INSERT INTO silo.counter_deltas SELECT queue, state, 0, -count(*) FROM deleted GROUP BY queue, state),
        batches AS (
            SELECT first_number, count(*) AS rows
            FROM (
                SELECT (SELECT a.first_number FROM silo.arrivals a WHERE a.first_number <= d.number ORDER BY a.first_number DESC LIMIT 1) AS first_number
                FROM deleted d) found
            GROUP BY first_number),
        shrunk AS (UPDATE silo.arrivals a SET live = a.live - b.rows FROM batches b WHERE a.first_number = b.first_number RETURNING a.first_number, a.live)
        SELECT (SELECT count(*) FROM deleted), coalesce(array_agg(first_number) FILTER (WHERE live <= 0), '{}') FROM shrunk
        """;

    // What is left of a batch: tasks whose end is this one still. One that was retried and has ended again is in a later batch too.
    private const string DropEndings = """
        DELETE FROM silo.endings e
        WHERE e.number = ANY($1) AND NOT EXISTS (
            SELECT FROM unnest(e.ids) AS ended (id), silo.tasks t WHERE t.id = ended.id AND t.state >= 2 AND t.finished_at <= e.finished_to)
        """;

    private const string DropArrivals = "DELETE FROM silo.arrivals WHERE first_number = ANY($1) AND live <= 0";

    /// <param name="after">Where an earlier bite of the same call ended.</param>
    public static async Task<PruneBite> ExecuteAsync(WriteTransaction transaction, DateTimeOffset before, PrunePlace after, int limit)
    {
        await transaction.RunAsync(DeleteKeys, Parameters.Of(limit));
        var endings = await transaction.ReadAsync(
            row => new Ending(row.ReadInt64(), row.ReadTime(), row.ReadInt32()),
            Oldest, Parameters.Of(before), Parameters.Of(after.FinishedFrom), Parameters.Of(after.Number), Parameters.Of(limit));
        var taken = Take(endings, limit);
        if (taken.Length == 0)
            return new PruneBite(0, after, AtEnd: true);

        var (deleted, emptied) = (await transaction.ReadAsync(
            row => (row.ReadInt64(), row.ReadNumbers()), Delete, Parameters.Of(taken), Parameters.Of(before), Parameters.Of(limit)))[0];
        await transaction.RunAsync(DropEndings, Parameters.Of(taken));
        if (emptied.Length > 0)
            await transaction.RunAsync(DropArrivals, Parameters.Of(emptied));

        // A full bite may have left rows of these batches; less than that means that they have nothing more to give.
        var last = endings[taken.Length - 1];
        return deleted == limit
            ? new PruneBite((int)deleted, after, AtEnd: false)
            : new PruneBite((int)deleted, new PrunePlace(last.FinishedFrom, last.Number), AtEnd: false);
    }

    /// <summary>As many batches as fill the bite.</summary>
    private static long[] Take(List<Ending> endings, int limit)
    {
        var rows = 0;
        return [.. endings.TakeWhile(ending => rows < limit && (rows += ending.Size) > 0).Select(ending => ending.Number)];
    }

    private readonly record struct Ending(long Number, DateTimeOffset FinishedFrom, int Size);
}

/// <summary>A place in the order of batches of endings.</summary>
internal readonly record struct PrunePlace(DateTimeOffset FinishedFrom, long Number)
{
    public static readonly PrunePlace Start = new(DateTimeOffset.UnixEpoch, 0);
}

/// <param name="Deleted">Tasks deleted.</param>
/// <param name="Next">Where the next bite goes on.</param>
/// <param name="AtEnd">Nothing that old is left.</param>
internal readonly record struct PruneBite(int Deleted, PrunePlace Next, bool AtEnd);
