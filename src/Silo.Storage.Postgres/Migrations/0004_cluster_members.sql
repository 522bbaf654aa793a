-- Which silos a cluster has. Orleans' ADO.NET membership looks its statements up by key, in a table whose name and columns it gives; everything else here is ours.
-- Every change of membership turns the cluster's version by one, and only from the version that its writer has read: so changes stand in one line.

CREATE TABLE silo.clusters (
    cluster_id text    NOT NULL PRIMARY KEY,
    version    integer NOT NULL DEFAULT 0
);

CREATE TABLE silo.cluster_members (
    cluster_id   text        NOT NULL REFERENCES silo.clusters ON DELETE CASCADE,
    address      text        NOT NULL,
    port         integer     NOT NULL,
    generation   integer     NOT NULL,  -- one life of the process at that address
    name         text        NOT NULL,
    host         text        NOT NULL,
    status       integer     NOT NULL,  -- the numbers of Orleans' SiloStatus: 3 is active, 6 is dead
    gateway_port integer     NOT NULL,  -- 0 for a silo that takes no clients
    suspected    text,
    started_at   timestamptz NOT NULL,
    alive_at     timestamptz NOT NULL,
    PRIMARY KEY (cluster_id, address, port, generation)
);

CREATE TABLE silo.orleansquery (
    querykey  text NOT NULL PRIMARY KEY,
    querytext text NOT NULL
);

CREATE FUNCTION silo.cluster_open(of_cluster text) RETURNS boolean LANGUAGE sql AS $$
    WITH opened AS (INSERT INTO silo.clusters (cluster_id) VALUES (of_cluster) ON CONFLICT DO NOTHING RETURNING 1)
    SELECT EXISTS (SELECT FROM opened);
$$;

CREATE FUNCTION silo.cluster_join(of_cluster text, expected integer, joining silo.cluster_members) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE silo.clusters SET version = version + 1 WHERE cluster_id = of_cluster AND version = expected;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO silo.cluster_members SELECT joining.*;
    RETURN true;
EXCEPTION WHEN unique_violation THEN
    -- The version is back where it was: nothing has happened.
    RETURN false;
END;
$$;

CREATE FUNCTION silo.cluster_change(
    of_cluster text, expected integer, at_address text, at_port integer, of_generation integer, to_status integer, by_suspects text, seen timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE silo.clusters SET version = version + 1
    WHERE cluster_id = of_cluster AND version = expected AND EXISTS (
        SELECT FROM silo.cluster_members WHERE cluster_id = of_cluster AND address = at_address AND port = at_port AND generation = of_generation);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE silo.cluster_members SET status = to_status, suspected = by_suspects, alive_at = seen
    WHERE cluster_id = of_cluster AND address = at_address AND port = at_port AND generation = of_generation;
    RETURN true;
END;
$$;

-- A cluster without members still has a version, so it is one row of nulls.
CREATE FUNCTION silo.cluster_read(of_cluster text, at_address text DEFAULT NULL, at_port integer DEFAULT NULL, of_generation integer DEFAULT NULL)
RETURNS TABLE (
    address text, port integer, generation integer, siloname text, hostname text, status integer, proxyport integer, suspecttimes text,
    starttime timestamptz, iamalivetime timestamptz, version integer) LANGUAGE sql STABLE AS $$
    SELECT member.address, member.port, member.generation, member.name, member.host, member.status, member.gateway_port, member.suspected,
        member.started_at, member.alive_at, cluster.version
    FROM silo.clusters AS cluster
    LEFT JOIN silo.cluster_members AS member ON member.cluster_id = cluster.cluster_id
        AND (at_address IS NULL OR (member.address = at_address AND member.port = at_port AND member.generation = of_generation))
    WHERE cluster.cluster_id = of_cluster;
$$;

INSERT INTO silo.orleansquery (querykey, querytext) VALUES
('InsertMembershipVersionKey', 'SELECT silo.cluster_open(@DeploymentId)'),
('InsertMembershipKey',
 'SELECT silo.cluster_join(@DeploymentId, @Version, ROW(@DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, NULL, @StartTime, @IAmAliveTime)::silo.cluster_members)'),
('UpdateMembershipKey',
 'SELECT silo.cluster_change(@DeploymentId, @Version, @Address, @Port, @Generation, @Status, @SuspectTimes::text, @IAmAliveTime)'),
('UpdateIAmAlivetimeKey',
 'UPDATE silo.cluster_members SET alive_at = @IAmAliveTime WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation'),
('MembershipReadRowKey', 'SELECT * FROM silo.cluster_read(@DeploymentId, @Address, @Port, @Generation)'),
('MembershipReadAllKey', 'SELECT * FROM silo.cluster_read(@DeploymentId)'),
('GatewaysQueryKey',
 'SELECT address, gateway_port AS proxyport, generation FROM silo.cluster_members WHERE cluster_id = @DeploymentId AND status = @Status AND gateway_port > 0'),
('DeleteMembershipTableEntriesKey', 'DELETE FROM silo.clusters WHERE cluster_id = @DeploymentId'),
('CleanupDefunctSiloEntriesKey', 'DELETE FROM silo.cluster_members WHERE cluster_id = @DeploymentId AND status = 6 AND alive_at < @IAmAliveTime'),
-- The same under the name that earlier versions of the provider ask for.
('CleanupDefunctSiloEntryKey', 'DELETE FROM silo.cluster_members WHERE cluster_id = @DeploymentId AND status = 6 AND alive_at < @IAmAliveTime');
