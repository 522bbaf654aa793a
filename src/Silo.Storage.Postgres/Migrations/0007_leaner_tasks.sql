-- Each check of a table and each index, even one that does not concern the row, is asked at both of a task's writes and set up anew for each statement. Values are checked where they
-- come in: by the store's insert, and for the inbox by silo.enqueue and by whoever takes its rows.
ALTER TABLE silo.tasks
    DROP CONSTRAINT tasks_state_check, DROP CONSTRAINT tasks_priority_check, DROP CONSTRAINT tasks_attempt_check, DROP CONSTRAINT tasks_attempts_max_check,
    DROP CONSTRAINT tasks_queue_check, DROP CONSTRAINT tasks_type_check, DROP CONSTRAINT tasks_timeout_ms_check;

-- What is running is found by its node, and is no more than there are slots; what has failed or was cancelled is listed by number.
DROP INDEX silo.tasks_running_number, silo.tasks_failed, silo.tasks_cancelled;
CREATE INDEX tasks_unsuccessful ON silo.tasks (state, number) WHERE state > 2;

-- The next number, as part of the statement that asks. Blocks keep out of its way by the lock, which is held for the call and not for the transaction; and it is one expression, so that a
-- cancelled statement cannot end between taking the lock and giving it back.
CREATE FUNCTION silo.take_number() RETURNS bigint LANGUAGE sql AS $$
    SELECT greatest(
        CASE WHEN pg_advisory_lock_shared(1397312591, 3)::text IS NOT NULL THEN nextval('silo.task_numbers') END,
        CASE WHEN pg_advisory_unlock_shared(1397312591, 3) THEN 0 END)
$$;

-- The first of size numbers without a gap: two calls of the sequence, which only the lock holds together, in one expression for the same reason.
CREATE OR REPLACE FUNCTION silo.take_numbers(size integer) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    IF size = 1 THEN
        RETURN silo.take_number();
    END IF;
    RETURN 1 - size + greatest(
        CASE WHEN pg_advisory_lock(1397312591, 3)::text IS NOT NULL THEN setval('silo.task_numbers', nextval('silo.task_numbers') + size - 1) END,
        CASE WHEN pg_advisory_unlock(1397312591, 3) THEN 0 END);
END
$$;

-- In place of a row of the inbox that some program wrote by hand and that cannot be a task.
CREATE FUNCTION silo.refuse_row(type text, queue text, priority integer, rest jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'This row of silo.inbox is no task: type %, queue %, priority %, rest %. Type and queue must not be empty, priority must be from 0 to 100, attempts_max and timeout_ms at least 1.',
        quote_nullable(type), quote_nullable(queue), coalesce(priority::text, 'NULL'), coalesce(rest::text, 'NULL')
        USING ERRCODE = 'check_violation', HINT = 'Call silo.enqueue instead of writing to the table.';
END
$$;
