-- What actors keep beyond their lives although it may be lost. In a cluster it is written through Orleans' ADO.NET grain storage, which looks its statements up by key,
-- names a grain by two numbers and a text, and writes a row only over the version that it has read. A program without Orleans writes its rows itself, for the service ''.

CREATE TABLE silo.actor_states (
    service text    NOT NULL,
    kind    text    NOT NULL,
    key_n0  bigint  NOT NULL,  -- 0 for a key that is a text
    key_n1  bigint  NOT NULL,
    key     text    NOT NULL,
    version integer NOT NULL,
    json    bytea,             -- null once it was cleared
    PRIMARY KEY (service, kind, key_n0, key_n1, key)
);

-- No row comes back when another writer was first.
CREATE FUNCTION silo.actor_state_write(
    of_service text, of_kind text, of_n0 bigint, of_n1 bigint, of_key text, expected integer, new_json bytea)
RETURNS TABLE (newgrainstateversion integer) LANGUAGE sql AS $$
    WITH first AS (
        INSERT INTO silo.actor_states (service, kind, key_n0, key_n1, key, version, json)
        SELECT of_service, of_kind, of_n0, of_n1, of_key, 1, new_json WHERE expected IS NULL
        ON CONFLICT DO NOTHING
        RETURNING version
    ), next AS (
        UPDATE silo.actor_states SET json = new_json, version = version + 1
        WHERE service = of_service AND kind = of_kind AND key_n0 = of_n0 AND key_n1 = of_n1 AND key = of_key AND version = expected
        RETURNING version
    )
    SELECT version FROM first UNION ALL SELECT version FROM next;
$$;

INSERT INTO silo.orleansquery (querykey, querytext) VALUES
('ReadFromStorageKey',
 'SELECT json AS payloadbinary, version FROM silo.actor_states WHERE service = @ServiceId AND kind = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1 AND key = coalesce(@GrainIdExtensionString, '''')'),
('WriteToStorageKey',
 'SELECT newgrainstateversion FROM silo.actor_state_write(@ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''''), @GrainStateVersion, @PayloadBinary)'),
('ClearStorageKey',
 'SELECT newgrainstateversion FROM silo.actor_state_write(@ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''''), @GrainStateVersion, NULL)'),
-- The provider wants a version above the one that it has deleted.
('DeleteStorageKey',
 'DELETE FROM silo.actor_states WHERE service = @ServiceId AND kind = @GrainTypeString AND key_n0 = @GrainIdN0 AND key_n1 = @GrainIdN1 AND key = coalesce(@GrainIdExtensionString, '''') AND version = @GrainStateVersion RETURNING version + 1 AS newgrainstateversion');
