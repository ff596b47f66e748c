-- Who looked at whose data. What is older than it has to be kept is dropped; the rest is numbered on.
CREATE TABLE accesses (
    number INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    who    TEXT NOT NULL,
    place  TEXT NOT NULL,
    whose  TEXT NOT NULL,
    what   TEXT NOT NULL,
    key    BLOB NOT NULL,
    link   BLOB NOT NULL
) STRICT;

CREATE TRIGGER accesses_are_never_changed BEFORE UPDATE ON accesses
BEGIN
    SELECT RAISE(ABORT, 'an access is never changed');
END;
