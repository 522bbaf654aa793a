namespace Silo.Storage.Postgres.Outcomes;

/// <summary>The statements of an outcome batch. They are sent together and are one transaction; each takes its own snapshot, after the fence's lock is held.</summary>
internal static class OutcomeSql
{
    /// <summary>A row when the incarnation is alive. The shared lock keeps the declaration of death out until the commit; the row's lock reads its newest version.</summary>
    public const string Fence = """
        SELECT 1 FROM (SELECT pg_advisory_xact_lock_shared($3, hashtext($1)) OFFSET 0) held, silo.nodes n
        WHERE n.name = $1 AND n.incarnation = $2 AND n.alive
        FOR SHARE OF n
        """;

    public const string Mark = $"""
        UPDATE silo.tasks t SET state = 1, node = $1, incarnation = $2, started_at = new.started_at
        FROM unnest($3, $4, $5) AS new (id, attempt, started_at)
        WHERE t.id = new.id AND t.attempt = new.attempt AND t.state < 2 AND {Alive}
        """;

    /// <summary>What nearly all outcomes are: successes with both times. Counted once, by queue and priority; ids come back only when rows were in the way.</summary>
    /// <remarks>The times of the ending are those of the batch, so they may reach beyond the rows that were changed, which only keeps these until the others are due. The arrays are
    /// unnested in a target list, which hands each row on at once; in FROM they would be stored first.</remarks>
    public const string Succeed = $"""
        WITH done AS (
            UPDATE silo.tasks t SET state = 2, node = $1, incarnation = $2, started_at = new.started_at, finished_at = new.finished_at,
                error_code = NULL, error_message = NULL, result = new.result
            FROM (SELECT unnest($3) AS id, unnest($4) AS attempt, unnest($5) AS started_at, unnest($6) AS finished_at, unnest($7) AS result) new
            WHERE t.id = new.id AND t.attempt = new.attempt AND t.state < 2 AND {Alive}
            RETURNING t.id, t.queue, t.priority),
        counts AS MATERIALIZED (SELECT queue, priority, count(*) AS rows FROM done GROUP BY queue, priority),
        changed AS MATERIALIZED (
            SELECT coalesce(sum(rows), 0)::bigint AS rows, CASE WHEN sum(rows) < cardinality($3) THEN (SELECT array_agg(id) FROM done) END AS ids FROM counts),
        ended AS (INSERT INTO silo.endings (finished_from, finished_to, size, ids) SELECT $8, $9, rows, coalesce(ids, $3) FROM changed WHERE rows > 0),
        counted AS (
            INSERT INTO silo.counter_deltas
            SELECT queue, 0, priority, -rows FROM counts UNION ALL SELECT queue, 2, 0, rows FROM counts),
        uncancelled AS (DELETE FROM silo.cancels c USING done WHERE c.id = done.id AND (SELECT pg_relation_size('silo.cancels') > 0))
        SELECT rows, ids FROM changed
        """;

    /// <summary>Failed and cancelled, and successes of unknown times.</summary>
    public const string End = $"""
        WITH done AS (
            UPDATE silo.tasks t SET state = new.state, node = $1, incarnation = $2, started_at = new.started_at,
                finished_at = coalesce(new.finished_at, {Now}), error_code = new.error_code, error_message = new.error_message, result = new.result
            FROM unnest($3, $4, $5, $6, $7, $8, $9, $10) WITH ORDINALITY AS new (id, attempt, state, started_at, finished_at, error_code, error_message, result, place)
            WHERE t.id = new.id AND t.attempt = new.attempt AND t.state < 2 AND {Alive}
            RETURNING new.place, t.id, t.queue, t.priority, t.state, t.finished_at),
        {Ended}
        SELECT array_agg(place) FROM done
        """;

    /// <summary>A task with a cancel on record is not tried again. For one that is, the times tell of the attempt to come, and the error tells why it is needed.</summary>
    public const string Retry = $"""
        WITH new AS MATERIALIZED (
            SELECT new.*, EXISTS (SELECT FROM silo.cancels c WHERE c.id = new.id) AS cancelled
            FROM unnest($3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY AS new (id, attempt, started_at, finished_at, error_code, error_message, run_at, place)),
        written AS (
            UPDATE silo.tasks t SET node = $1, incarnation = $2, error_code = new.error_code, error_message = new.error_message,
                state = CASE WHEN new.cancelled THEN 4 ELSE 0 END,
                attempt = CASE WHEN new.cancelled THEN t.attempt ELSE t.attempt + 1 END,
                run_at = CASE WHEN new.cancelled THEN t.run_at ELSE new.run_at END,
                started_at = CASE WHEN new.cancelled THEN new.started_at END,
                finished_at = CASE WHEN new.cancelled THEN coalesce(new.finished_at, {Now}) END
            FROM new
            WHERE t.id = new.id AND t.attempt = new.attempt AND t.state < 2 AND {Alive}
            RETURNING new.place, t.id, t.queue, t.priority, t.state, t.run_at, t.finished_at),
        done AS (SELECT * FROM written WHERE state = 4),
        {Ended}
        SELECT place, state, run_at FROM written
        """;

    public const string Release = $"""
        UPDATE silo.tasks t SET state = 0, started_at = NULL
        FROM unnest($3, $4) AS new (id, attempt)
        WHERE t.id = new.id AND t.attempt = new.attempt AND t.state = 1 AND t.node = $1 AND t.incarnation = $2 AND {Alive}
        """;

    /// <summary>What stands where an outcome changed nothing.</summary>
    public const string Read = "SELECT id, state, attempt, run_at, node, incarnation FROM silo.tasks WHERE id = ANY($1)";

    /// <summary>What every end brings with it, of the rows named done. A table of cancels without a page has no row for any of them, and nobody need look for each.</summary>
    public const string Ended = """
        ended AS (
            INSERT INTO silo.endings (finished_from, finished_to, size, ids)
            SELECT min(finished_at), max(finished_at), count(*), array_agg(id) FROM done HAVING count(*) > 0),
        counted AS (
            INSERT INTO silo.counter_deltas
            SELECT queue, 0, priority, -count(*) FROM done GROUP BY queue, priority
            UNION ALL SELECT queue, state, 0, count(*) FROM done GROUP BY queue, state),
        uncancelled AS (DELETE FROM silo.cancels c USING done WHERE c.id = done.id AND (SELECT pg_relation_size('silo.cancels') > 0))
        """;

    /// <summary>The store's time as it is stored.</summary>
    public const string Now = "date_trunc('milliseconds', now())";

    private const string Alive = "EXISTS (SELECT FROM silo.nodes n WHERE n.name = $1 AND n.incarnation = $2 AND n.alive)";
}
