-- Which process schedules a pool, where several share the database. One row a pool, renewed every second.
CREATE TABLE silo.scheduler_leases (
    pool      text        NOT NULL PRIMARY KEY,
    holder    text        NOT NULL,
    renewals  bigint      NOT NULL,  -- grows with every renewal and every change of holder
    lapses_at timestamptz NOT NULL
) WITH (fillfactor = 50);
