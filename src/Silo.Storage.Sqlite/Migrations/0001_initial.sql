-- Times are Unix milliseconds, durations milliseconds, ids 16 big-endian bytes, states the numbers of StoredState.

CREATE TABLE tasks (
    number             INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused, also after retention
    id                 BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    state              INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),
    queue              TEXT    NOT NULL CHECK (queue <> ''),
    type               TEXT    NOT NULL CHECK (type <> ''),
    priority           INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 100),
    run_at             INTEGER NOT NULL,
    attempt            INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
    attempts_max       INTEGER NOT NULL CHECK (attempts_max >= 1),
    deaths             INTEGER NOT NULL DEFAULT 0,
    timeout_ms         INTEGER NOT NULL CHECK (timeout_ms > 0),
    backoff_initial_ms INTEGER NOT NULL,
    backoff_factor     REAL    NOT NULL,
    backoff_max_ms     INTEGER NOT NULL,
    backoff_jitter     REAL    NOT NULL,
    created_at         INTEGER NOT NULL,
    started_at         INTEGER,
    finished_at        INTEGER,
    node               TEXT,                              -- of the last stored start or outcome
    incarnation        INTEGER NOT NULL DEFAULT 0,        -- 0 when the last write was not a node's
    idempotency_key    TEXT,
    correlation_id     TEXT,
    parent_id          BLOB CHECK (parent_id IS NULL OR length(parent_id) = 16),
    user               TEXT,
    labels             TEXT,                              -- a JSON object, NULL when there are none
    placement          TEXT,                              -- JSON, NULL for anywhere
    error_code         TEXT,
    error_message      TEXT,
    payload            BLOB,                              -- the long ones last: reading the others does not walk them
    result             BLOB
) STRICT;

-- The order in which tasks are started; a row leaves it with its first outcome.
CREATE INDEX tasks_waiting ON tasks (queue, priority, run_at, id) WHERE state = 0;

-- What a fence resets, and the listings of what is rare.
CREATE INDEX tasks_running ON tasks (number) WHERE state = 1;
CREATE INDEX tasks_failed ON tasks (number) WHERE state = 3;
CREATE INDEX tasks_cancelled ON tasks (number) WHERE state = 4;
CREATE INDEX tasks_correlation ON tasks (correlation_id, number) WHERE correlation_id IS NOT NULL;

-- Retention, oldest first.
CREATE INDEX tasks_finished ON tasks (finished_at) WHERE state >= 2;

-- Requests to cancel that are not final yet. Their own table, so that asking never touches the task's row.
CREATE TABLE cancels (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    requested_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Outlive their tasks: id and number are kept here, so that a key whose task was pruned still answers.
CREATE TABLE idempotency_keys (
    key         TEXT    NOT NULL PRIMARY KEY,
    id          BLOB    NOT NULL,
    number      INTEGER NOT NULL,
    fingerprint BLOB    NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

CREATE TABLE nodes (
    name          TEXT    NOT NULL PRIMARY KEY,
    pool          TEXT    NOT NULL,
    instance      TEXT    NOT NULL,
    registration  TEXT    NOT NULL,
    incarnation   INTEGER NOT NULL,
    alive         INTEGER NOT NULL,
    draining      INTEGER NOT NULL DEFAULT 0,
    left_in_order INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE schedulers (
    pool  TEXT    NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE queues (
    name            TEXT    NOT NULL PRIMARY KEY,
    strategy        TEXT    NOT NULL,
    paused          INTEGER NOT NULL DEFAULT 0,
    concurrency_max INTEGER
) STRICT, WITHOUT ROWID;

INSERT INTO queues (name, strategy) VALUES ('default', 'least-tasks');

-- Rows per queue and state, changed in the transaction that changes the rows.
CREATE TABLE counters (
    queue TEXT    NOT NULL,
    state INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (queue, state)
) STRICT, WITHOUT ROWID;
