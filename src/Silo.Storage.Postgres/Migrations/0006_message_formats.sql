-- Silos and clients that speak different formats of messages are not of one cluster, whatever they are told. Each says its format as a setting of its session.

ALTER TABLE silo.cluster_members ADD COLUMN message_format integer NOT NULL DEFAULT 1;

CREATE FUNCTION silo.own_message_format() RETURNS integer LANGUAGE sql STABLE AS $$
    -- Programs of the first format do not say it.
    SELECT coalesce(nullif(current_setting('silo.message_format', true), ''), '1')::integer;
$$;

-- A cluster that was killed as a whole leaves rows that say it is alive. They write the time by their own clocks, every five seconds; one that is ahead must not outlive its silo.
CREATE FUNCTION silo.is_heard_of(member silo.cluster_members) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT member.status < 6 AND member.alive_at BETWEEN now() - interval '15 seconds' AND now() + interval '15 seconds';
$$;

CREATE FUNCTION silo.living_members(of_cluster text) RETURNS SETOF silo.cluster_members LANGUAGE sql STABLE AS $$
    SELECT * FROM silo.cluster_members AS member WHERE cluster_id = of_cluster AND silo.is_heard_of(member);
$$;

-- Of two silos that join at once one has to come again, as at any change of membership, and then sees the other.
CREATE OR REPLACE FUNCTION silo.cluster_join(of_cluster text, expected integer, joining silo.cluster_members) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    other silo.cluster_members;
BEGIN
    UPDATE silo.clusters SET version = version + 1 WHERE cluster_id = of_cluster AND version = expected;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    SELECT * INTO other FROM silo.living_members(of_cluster) AS member WHERE member.message_format <> joining.message_format LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'silo ''%'' of cluster ''%'' speaks message format %, this one format %', other.name, of_cluster, other.message_format, joining.message_format
            USING ERRCODE = 'SI001';
    END IF;
    INSERT INTO silo.cluster_members SELECT joining.*;
    RETURN true;
EXCEPTION WHEN unique_violation THEN
    -- The version is back where it was: nothing has happened.
    RETURN false;
END;
$$;

CREATE FUNCTION silo.cluster_gateways(of_cluster text, of_status integer) RETURNS TABLE (address text, proxyport integer, generation integer) LANGUAGE plpgsql STABLE AS $$
DECLARE
    other silo.cluster_members;
BEGIN
    RETURN QUERY SELECT member.address, member.gateway_port, member.generation FROM silo.cluster_members AS member
        WHERE member.cluster_id = of_cluster AND member.status = of_status AND member.gateway_port > 0 AND member.message_format = silo.own_message_format();
    IF NOT FOUND THEN
        SELECT * INTO other FROM silo.living_members(of_cluster) LIMIT 1;
        IF FOUND AND other.message_format <> silo.own_message_format() THEN
            RAISE EXCEPTION 'cluster ''%'' speaks message format %, this client format %: give the client the version of the cluster, or name another cluster id',
                of_cluster, other.message_format, silo.own_message_format() USING ERRCODE = 'SI001';
        END IF;
    END IF;
END;
$$;

UPDATE silo.orleansquery SET querytext =
 'SELECT silo.cluster_join(@DeploymentId, @Version, ROW(@DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, NULL, @StartTime, @IAmAliveTime, silo.own_message_format())::silo.cluster_members)'
WHERE querykey = 'InsertMembershipKey';

UPDATE silo.orleansquery SET querytext = 'SELECT * FROM silo.cluster_gateways(@DeploymentId, @Status)' WHERE querykey = 'GatewaysQueryKey';
