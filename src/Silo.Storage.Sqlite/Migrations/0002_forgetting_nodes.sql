-- NULL while the node lives.
ALTER TABLE nodes ADD COLUMN ended_at INTEGER;

UPDATE nodes SET ended_at = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE alive = 0;

-- One row: above its number begins every node that is not in the table, so that no incarnation is ever given twice.
CREATE TABLE forgotten_nodes (
    incarnation_max INTEGER NOT NULL
) STRICT;

INSERT INTO forgotten_nodes (incarnation_max) VALUES (0);
