-- Who may look at people's data: what was granted, changed and removed. As the accesses, it is dropped when it is old.
CREATE TABLE rights (
    number INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    who    TEXT NOT NULL,
    place  TEXT NOT NULL,
    whose  TEXT NOT NULL,
    what   TEXT NOT NULL,
    key    BLOB NOT NULL,
    link   BLOB NOT NULL
) STRICT;

CREATE TRIGGER rights_are_never_changed BEFORE UPDATE ON rights
BEGIN
    SELECT RAISE(ABORT, 'a change of rights is never changed');
END;
