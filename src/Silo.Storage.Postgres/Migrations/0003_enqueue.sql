-- What other programs ask for in SQL, inside their own transactions. One row is all that such a transaction writes; a running Silo moves it into the tasks.
-- What can be worked out later is worked out by the Silo: a task here has its arguments as they came. Every column costs a caller, and so does every index.
CREATE TABLE silo.inbox (
    number     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    type       text,                                -- NULL is a request to cancel this task
    queue      text,
    priority   integer,
    run_at     timestamptz,                         -- NULL is created_at
    payload    text,
    rest       jsonb                                -- what few tasks have: attempts_max, timeout_ms, idempotency_key, correlation_id, labels
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Where a key's task stands in the inbox, for a submit that finds the key before the task is taken in.
ALTER TABLE silo.idempotency_keys ADD COLUMN inbox_number bigint;

-- A UUID of version 7: 48 bits of Unix milliseconds, of which the first hexadecimal digit is 0 until the year 2527, the version, twelve zeros, and random bits with the mark of the variant.
-- The generator is the session's own, seeded strongly; a program may have seeded it by hand like another one's, but no other session has the same process at the same time.
CREATE FUNCTION silo.new_task_id() RETURNS uuid LANGUAGE sql VOLATILE
    RETURN ('0' || to_hex((date_part('epoch', clock_timestamp()) * 1000)::bigint * 65536 + 28672)
        || to_hex((random() * 4611686018427387904)::bigint # pg_backend_pid() | (-9223372036854775808)))::uuid;

-- Wakes the Silo that waits for the inbox, if one does. While it waits it holds lock 4 for itself; while it is awake, whoever writes to the inbox shares it
-- until the end of the transaction, so that it does not lie down before it has seen those that did not wake it.
-- Transactions that notify commit one after the other, each with a disk sync of its own. When a thousand find it asleep at once, the first eight are enough.
CREATE FUNCTION silo.wake() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- The transaction has its number before it takes one of the inbox: by these the reader knows below which of the inbox nothing can appear any more.
    IF pg_current_xact_id() IS NULL OR pg_try_advisory_xact_lock_shared(1397312591, 4) THEN
        RETURN;
    END IF;
    FOR waker IN 16..23 LOOP
        IF pg_try_advisory_xact_lock(1397312591, waker) THEN
            PERFORM pg_notify('silo_inbox', '');
            RETURN;
        END IF;
    END LOOP;
END
$$;

-- The eight bytes of a number, the lowest first.
CREATE FUNCTION silo.little_endian(value bigint) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(substring(int8send(value) FROM place FOR 1), '' ORDER BY place DESC) FROM generate_series(1, 8) place
$$;

-- The bits of a floating-point number, the lowest byte first.
CREATE FUNCTION silo.float_bits(value float8) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(substring(float8send(value) FROM place FOR 1), '' ORDER BY place DESC) FROM generate_series(1, 8) place
$$;

-- A text as the fingerprint has it: whether there is one, its length, its bytes.
CREATE FUNCTION silo.fingerprint_part(value text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT silo.little_endian(CASE WHEN value IS NULL THEN 0 ELSE 1 END) || silo.little_endian(octet_length(coalesce(convert_to(value, 'UTF8'), '')))
        || coalesce(convert_to(value, 'UTF8'), '')
$$;

-- What a task is recognised by when its idempotency key comes again, as the servers compute it (TaskFingerprint), for tasks as enqueue makes them.
CREATE FUNCTION silo.fingerprint(type text, queue text, priority bigint, payload bytea, timeout_ms bigint, labels jsonb, attempts_max bigint)
RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(
        silo.fingerprint_part(type) || silo.fingerprint_part(queue) || silo.little_endian(priority)
        || silo.little_endian(octet_length(coalesce(payload, ''))) || coalesce(payload, '')
        || silo.little_endian(timeout_ms) || silo.fingerprint_part(NULL) || silo.fingerprint_part(NULL)
        || silo.little_endian((SELECT count(*) FROM jsonb_each_text(coalesce(labels, '{}'))))
        || coalesce((SELECT string_agg(silo.fingerprint_part(key) || silo.fingerprint_part(value), '' ORDER BY key COLLATE "C") FROM jsonb_each_text(labels)), '')
        || silo.little_endian(attempts_max) || silo.little_endian(1000) || silo.float_bits(2) || silo.little_endian(300000) || silo.float_bits(0.2)
        || silo.fingerprint_part(NULL) || silo.fingerprint_part(NULL) || silo.little_endian(0) || silo.little_endian(0))
$$;

-- The task that has the key, or nothing when it is the new one's from now on. A key whose lifetime is over is as good as none.
CREATE FUNCTION silo.claim_key(wanted text, task uuid, print bytea, lifetime interval) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept silo.idempotency_keys;
BEGIN
    INSERT INTO silo.idempotency_keys (key, id, number, fingerprint, expires_at) VALUES (wanted, task, 0, print, now() + lifetime)
    ON CONFLICT (key) DO UPDATE SET id = excluded.id, number = 0, fingerprint = excluded.fingerprint, expires_at = excluded.expires_at
        WHERE silo.idempotency_keys.expires_at <= now();
    IF FOUND THEN
        RETURN NULL;
    END IF;
    SELECT * INTO kept FROM silo.idempotency_keys k WHERE k.key = wanted;
    IF kept.fingerprint IS DISTINCT FROM print THEN
        RAISE EXCEPTION 'The idempotency key ''%'' belongs to task %, which asks for something else.', wanted, kept.id
            USING ERRCODE = 'unique_violation', HINT = 'Use another key for another task.';
    END IF;
    RETURN kept.id;
END
$$;

-- Notes where the last row that this session wrote to the inbox stands, which has the key.
CREATE FUNCTION silo.place_key(claimed text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE silo.idempotency_keys SET inbox_number = currval('silo.inbox_number_seq') WHERE key = claimed
$$;

-- Names of types and queues. Without a bound within the regular expression: that alone would take longer than the insert.
CREATE FUNCTION silo.is_name(value text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN octet_length(value) <= 128 AND value ~ '^\.*[A-Za-z0-9_-][A-Za-z0-9._-]*$';

-- Nothing, which is now, or a time that every program can read. Most callers give none, and then nothing is left of it when the statement is planned.
CREATE FUNCTION silo.is_due_time(value timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(value BETWEEN '1970-01-01 00:00:00+00' AND now() + interval '3650 days', true);

-- Labels are an object of texts, within bounds.
CREATE FUNCTION silo.are_labels(value jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN jsonb_typeof(value) = 'object' AND (SELECT count(*) FROM jsonb_object_keys(value)) <= 32 AND NOT EXISTS (
        SELECT FROM jsonb_each(value) l WHERE jsonb_typeof(l.value) <> 'string' OR length(l.key) > 128 OR length(l.value #>> '{}') > 256);
END
$$;

-- Says which argument of silo.enqueue is out of bounds; those are the bounds of TaskLimits.
CREATE FUNCTION silo.refuse_task(
    type text, queue text, priority integer, run_at timestamptz, payload_bytes integer, attempts_max integer, timeout interval, key text, correlation_id text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'silo.enqueue: %.', CASE
        WHEN silo.is_name(type) IS NOT TRUE THEN 'type must have 1 to 128 ASCII letters, digits, ''.'', ''_'' or ''-'', and more than dots'
        WHEN silo.is_name(queue) IS NOT TRUE THEN 'queue must have 1 to 128 ASCII letters, digits, ''.'', ''_'' or ''-'', and more than dots'
        WHEN priority IS NULL OR priority NOT BETWEEN 0 AND 100 THEN 'priority must be from 0 to 100'
        WHEN silo.is_due_time(run_at) IS NOT TRUE THEN 'run_at must be from 1970 to 3650 days from now'
        WHEN payload_bytes > 1048576 THEN 'payload must have at most 1048576 bytes'
        WHEN attempts_max IS NULL OR attempts_max NOT BETWEEN 1 AND 1000 THEN 'attempts_max must be from 1 to 1000'
        WHEN timeout NOT BETWEEN '1 millisecond' AND '7 days' THEN 'timeout must be from a millisecond to 7 days'
        WHEN length(key) NOT BETWEEN 1 AND 256 THEN 'idempotency_key must have 1 to 256 characters'
        WHEN length(correlation_id) NOT BETWEEN 1 AND 256 THEN 'correlation_id must have 1 to 256 characters'
        ELSE 'labels must be an object of at most 32 texts, with names of at most 128 characters and values of at most 256'
    END USING ERRCODE = 'invalid_parameter_value';
END
$$;

-- In place of a payload that is too long.
CREATE FUNCTION silo.refuse_payload(payload_bytes integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM silo.refuse_task('a', 'a', 0, NULL, payload_bytes, 1, NULL, NULL, NULL);
END
$$;

-- Every task that is not like most, and every task that finds the Silo asleep.
CREATE FUNCTION silo.enqueue_other(
    type text, payload jsonb, queue text, priority integer, run_at timestamptz, idempotency_key text, attempts_max integer, timeout interval, labels jsonb,
    correlation_id text, key_lifetime interval)
RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    task       uuid   := silo.new_task_id();
    body       bytea  := convert_to(payload::text, 'UTF8');
    timeout_ms bigint := (extract(epoch FROM timeout) * 1000)::bigint;
    earlier    uuid;
BEGIN
    IF (silo.is_name(type) AND silo.is_name(queue) AND priority BETWEEN 0 AND 100 AND silo.is_due_time(run_at) AND coalesce(octet_length(body), 0) <= 1048576
        AND attempts_max BETWEEN 1 AND 1000 AND coalesce(timeout, '1 hour') BETWEEN '1 millisecond' AND '7 days') IS NOT TRUE
        OR length(idempotency_key) NOT BETWEEN 1 AND 256 OR length(correlation_id) NOT BETWEEN 1 AND 256
        OR (CASE WHEN labels IS NULL THEN true ELSE silo.are_labels(labels) END) IS NOT TRUE THEN
        PERFORM silo.refuse_task(type, queue, priority, run_at, octet_length(body), attempts_max, timeout, idempotency_key, correlation_id);
    END IF;
    IF idempotency_key IS NOT NULL THEN
        earlier := silo.claim_key(idempotency_key, task, silo.fingerprint(type, queue, priority, body, coalesce(timeout_ms, 3600000), labels, attempts_max), key_lifetime);
        IF earlier IS NOT NULL THEN
            RETURN earlier;
        END IF;
    END IF;
    PERFORM silo.wake();
    INSERT INTO silo.inbox (id, type, queue, priority, run_at, payload, rest)
    VALUES (task, enqueue_other.type, enqueue_other.queue, enqueue_other.priority, enqueue_other.run_at, enqueue_other.payload::text,
        nullif(jsonb_strip_nulls(jsonb_build_object(
            'attempts_max', nullif(attempts_max, 3), 'timeout_ms', timeout_ms, 'idempotency_key', idempotency_key, 'correlation_id', correlation_id, 'labels', labels)), '{}'));
    IF idempotency_key IS NOT NULL THEN
        PERFORM silo.place_key(idempotency_key);
    END IF;
    RETURN task;
END
$$;

-- One statement and nothing else: each one more would cost a caller several microseconds that a plain insert does not have.
CREATE FUNCTION silo.put(task uuid, type text, body text, queue text, priority integer, run_at timestamptz) RETURNS uuid LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO silo.inbox (id, type, queue, priority, run_at, payload)
    VALUES (task, put.type, put.queue, put.priority, put.run_at, CASE WHEN octet_length(body) > 1048576 THEN silo.refuse_payload(octet_length(body)) ELSE body END);
    RETURN task;
END
$$;

-- Adds a task, in the transaction of the caller: it is there when that commits, and never was when it does not.
-- A function of one expression becomes part of the caller's statement, so that what is constant there, defaults above all, is checked when the statement is planned. It first
-- does what silo.wake does first. With the rights of the caller, who needs those to insert into the inbox: a change of rights would cost, and keep the function apart.
CREATE FUNCTION silo.enqueue(
    type            text,
    payload         jsonb       DEFAULT NULL,
    queue           text        DEFAULT 'default',
    priority        integer     DEFAULT 50,
    run_at          timestamptz DEFAULT NULL,
    idempotency_key text        DEFAULT NULL,
    attempts_max    integer     DEFAULT 3,
    timeout         interval    DEFAULT NULL,   -- NULL is one hour
    labels          jsonb       DEFAULT NULL,
    correlation_id  text        DEFAULT NULL,
    key_lifetime    interval    DEFAULT '7 days')
RETURNS uuid LANGUAGE sql
    RETURN CASE
        WHEN idempotency_key IS NULL AND labels IS NULL AND correlation_id IS NULL AND timeout IS NULL AND attempts_max = 3 AND priority BETWEEN 0 AND 100
            AND silo.is_due_time(run_at) AND silo.is_name(queue) AND silo.is_name(type) AND pg_current_xact_id() IS NOT NULL AND pg_try_advisory_xact_lock_shared(1397312591, 4)
        THEN silo.put(silo.new_task_id(), type, payload::text, queue, priority, run_at)
        ELSE silo.enqueue_other(type, payload, queue, priority, run_at, idempotency_key, attempts_max, timeout, labels, correlation_id, key_lifetime)
    END;

-- Asks for a task to be cancelled when the caller's transaction commits: cancelling, settled when it has ended already, or not_found.
CREATE FUNCTION silo.cancel(id uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stands smallint := (SELECT t.state FROM silo.tasks t WHERE t.id = cancel.id);
BEGIN
    IF stands >= 2 THEN
        RETURN 'settled';
    END IF;
    IF stands IS NULL AND NOT EXISTS (SELECT FROM silo.inbox i WHERE i.id = cancel.id AND i.type IS NOT NULL) THEN
        RETURN 'not_found';
    END IF;
    PERFORM silo.wake();
    INSERT INTO silo.inbox (id) VALUES (cancel.id);
    RETURN 'cancelling';
END
$$;

-- How many tasks are in which state, by queue, from the kept counters.
CREATE FUNCTION silo.stats() RETURNS TABLE (queue text, state text, tasks bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.queue, (ARRAY['waiting', 'running', 'succeeded', 'failed', 'cancelled'])[c.state + 1], sum(c.count)::bigint
    FROM (
        SELECT k.queue, k.state, k.count FROM silo.counters k
        UNION ALL SELECT d.queue, d.state, d.delta FROM silo.counter_deltas d
        UNION ALL SELECT i.queue, 0::smallint, 1 FROM silo.inbox i WHERE i.type IS NOT NULL
        UNION ALL SELECT t.queue, s.state, s.by FROM silo.tasks t, (VALUES (0::smallint, -1), (1::smallint, 1)) s (state, by) WHERE t.state = 1) c
    GROUP BY c.queue, c.state
    HAVING sum(c.count) <> 0
    ORDER BY c.queue, c.state
$$;
