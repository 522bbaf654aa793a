-- States are the numbers of StoredState. Times have whole milliseconds. The schema itself is made before the first script.

CREATE SEQUENCE silo.task_numbers;

-- One row for each task, from its submit until retention: docs/adr/0006 says why it is one table and why it has two indexes that every task pays for.
CREATE TABLE silo.tasks (
    state              smallint    NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),
    priority           smallint    NOT NULL CHECK (priority BETWEEN 0 AND 100),
    attempt            integer     NOT NULL DEFAULT 1 CHECK (attempt >= 1),
    attempts_max       integer     NOT NULL CHECK (attempts_max >= 1),
    deaths             integer     NOT NULL DEFAULT 0,
    number             bigint      NOT NULL,
    run_at             timestamptz NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now()),
    incarnation        bigint      NOT NULL DEFAULT 0,  -- 0 when the last write was not a node's
    id                 uuid        NOT NULL,
    queue              text        NOT NULL CHECK (queue <> ''),
    type               text        NOT NULL CHECK (type <> ''),
    timeout_ms         bigint      CHECK (timeout_ms > 0),  -- NULL is one hour
    backoff_initial_ms bigint,                              -- NULL is one second
    backoff_factor     float8,                              -- NULL is 2
    backoff_max_ms     bigint,                              -- NULL is five minutes
    backoff_jitter     float8,                              -- NULL is 0.2
    started_at         timestamptz,
    finished_at        timestamptz,
    node               text,                                -- of the last stored start or outcome
    idempotency_key    text,
    correlation_id     text,
    parent_id          uuid,
    submitter          text,
    labels             jsonb,
    placement          jsonb,                               -- NULL is anywhere
    error_code         text,
    error_message      text,
    payload            bytea,
    result             bytea,
    CONSTRAINT tasks_id PRIMARY KEY (id)
) WITH (autovacuum_vacuum_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.05);

-- The order in which tasks are started; a row leaves it with its first outcome.
CREATE INDEX tasks_waiting ON silo.tasks (queue, priority, run_at, id) WHERE state = 0;

-- What a fence resets, and the listings of what is rare: a plain task enters none of these.
CREATE INDEX tasks_running ON silo.tasks (node, incarnation, number) WHERE state = 1;
CREATE INDEX tasks_running_number ON silo.tasks (number) WHERE state = 1;
CREATE INDEX tasks_failed ON silo.tasks (number) WHERE state = 3;
CREATE INDEX tasks_cancelled ON silo.tasks (number) WHERE state = 4;
CREATE INDEX tasks_correlation ON silo.tasks (correlation_id, number) WHERE correlation_id IS NOT NULL;

-- Tasks by number, one row for each batch of inserts: task first_number + i has the id at place i.
CREATE TABLE silo.arrivals (
    first_number bigint  NOT NULL PRIMARY KEY,
    size         integer NOT NULL CHECK (size > 0),
    live         integer NOT NULL,                      -- tasks of it that retention has not deleted
    ids          uuid[]  NOT NULL
);

-- Finished tasks by time, one row for each batch of outcomes: what retention goes by.
CREATE TABLE silo.endings (
    number        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    finished_from timestamptz NOT NULL,
    finished_to   timestamptz NOT NULL,
    size          integer     NOT NULL,
    ids           uuid[]      NOT NULL
);

CREATE INDEX endings_time ON silo.endings (finished_from, number);

-- Ids do not compress.
ALTER TABLE silo.arrivals ALTER COLUMN ids SET STORAGE EXTERNAL;
ALTER TABLE silo.endings ALTER COLUMN ids SET STORAGE EXTERNAL;

-- Requests to cancel that are not final yet. Their own table, so that asking never touches the task's row.
CREATE TABLE silo.cancels (
    id           uuid        NOT NULL PRIMARY KEY,
    requested_at timestamptz NOT NULL DEFAULT now()
);

-- Outlive their tasks: id and number are kept here, so that a key whose task was pruned still answers.
CREATE TABLE silo.idempotency_keys (
    key         text        NOT NULL PRIMARY KEY,
    id          uuid        NOT NULL,
    number      bigint      NOT NULL,
    fingerprint bytea       NOT NULL,
    expires_at  timestamptz NOT NULL
);

CREATE INDEX idempotency_keys_expiry ON silo.idempotency_keys (expires_at);

CREATE TABLE silo.nodes (
    name          text    NOT NULL PRIMARY KEY,
    pool          text    NOT NULL,
    instance      text    NOT NULL,
    registration  jsonb   NOT NULL,
    incarnation   bigint  NOT NULL,
    alive         boolean NOT NULL,
    draining      boolean NOT NULL DEFAULT false,
    left_in_order boolean NOT NULL DEFAULT false,
    ended_at      timestamptz                     -- NULL while the node lives
);

-- One row: above its number begins every node that is not in the table, so that no incarnation is ever given twice.
CREATE TABLE silo.forgotten_nodes (
    incarnation_max bigint NOT NULL
);

INSERT INTO silo.forgotten_nodes (incarnation_max) VALUES (0);

CREATE TABLE silo.schedulers (
    pool  text   NOT NULL PRIMARY KEY,
    epoch bigint NOT NULL
);

CREATE TABLE silo.queues (
    name            text    NOT NULL PRIMARY KEY,
    strategy        text    NOT NULL,
    paused          boolean NOT NULL DEFAULT false,
    concurrency_max integer
);

INSERT INTO silo.queues (name, strategy) VALUES ('default', 'least-tasks');

-- Rows by queue, state and priority. State 0 counts what is not terminal; those marked running are few and are counted from their index.
CREATE TABLE silo.counters (
    queue    text     NOT NULL,
    state    smallint NOT NULL,
    priority smallint NOT NULL,               -- of state 0; else 0
    count    bigint   NOT NULL,
    PRIMARY KEY (queue, state, priority)
) WITH (fillfactor = 50);

-- What is to be added to the counters. Writers only append, so that no two of them wait for one row.
CREATE TABLE silo.counter_deltas (
    queue    text     NOT NULL,
    state    smallint NOT NULL,
    priority smallint NOT NULL,
    delta    bigint   NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- The first of size numbers without a gap. A block is two calls of the sequence, which only the lock holds together; it lasts for the call, not for the
-- transaction. All of it is one expression, so that a cancelled statement cannot end between taking the lock and giving it back.
CREATE FUNCTION silo.take_numbers(size integer) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    IF size = 1 THEN
        RETURN greatest(
            CASE WHEN pg_advisory_lock_shared(1397312591, 3)::text IS NOT NULL THEN nextval('silo.task_numbers') END,
            CASE WHEN pg_advisory_unlock_shared(1397312591, 3) THEN 0 END);
    END IF;
    RETURN 1 - size + greatest(
        CASE WHEN pg_advisory_lock(1397312591, 3)::text IS NOT NULL THEN setval('silo.task_numbers', nextval('silo.task_numbers') + size - 1) END,
        CASE WHEN pg_advisory_unlock(1397312591, 3) THEN 0 END);
END
$$;
