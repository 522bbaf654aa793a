-- What actors keep beyond their lives although it may be lost.
CREATE TABLE actor_states (
    kind TEXT NOT NULL,
    key  TEXT NOT NULL,
    json BLOB NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
