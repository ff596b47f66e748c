-- Who is known by more than a number, how they stand to channels, and a ledger that outlives whom it is about.
ALTER TABLE consents RENAME TO consents_before;
ALTER TABLE subscribers RENAME TO subscribers_before;

CREATE TABLE subscribers (
    number      INTEGER PRIMARY KEY,
    id          BLOB NOT NULL UNIQUE,
    phone       BLOB,             -- sealed for this row's id
    mobile      INTEGER,          -- whether that is a mobile number
    area        TEXT,
    topics      TEXT NOT NULL,    -- JSON list
    allows_text INTEGER NOT NULL,
    language    TEXT,
    quiet       TEXT,
    child_until TEXT,             -- a day
    gone_at     INTEGER,
    by_events   INTEGER NOT NULL, -- whether nobody put them: they are known by what was told of them alone
    created_at  INTEGER NOT NULL
) STRICT;

-- By what someone is known, found by a keyed hash.
CREATE TABLE identities (
    lookup     BLOB PRIMARY KEY,
    subscriber INTEGER NOT NULL,
    put_at     INTEGER, -- NULL where it is known by events alone
    sealed     BLOB     -- sealed for the id of the person; NULL for a number, which is sealed with them
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_of ON identities (subscriber) WHERE sealed IS NOT NULL;

-- How someone stands to a channel, by each of their identities.
CREATE TABLE relations (
    subscriber INTEGER NOT NULL,
    channel    TEXT NOT NULL,
    lookup     BLOB NOT NULL,
    state      INTEGER NOT NULL, -- 0 added, 1 left, 2 blocked
    at         INTEGER NOT NULL,
    source     TEXT NOT NULL,
    PRIMARY KEY (subscriber, channel, lookup)
) STRICT, WITHOUT ROWID;

-- Until when nothing counts that was told of an id.
CREATE TABLE unlinked (
    lookup BLOB PRIMARY KEY,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What each said lies together. The ledger's order is that of `seq`.
CREATE TABLE consents (
    subscriber INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    purpose    TEXT NOT NULL,    -- `erasure`: they were erased, `evidence` is the ground
    granted    INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    evidence   TEXT,             -- NULL where they were erased since: its digest stands for it
    details    TEXT NOT NULL,
    digest     BLOB,
    key        BLOB NOT NULL,    -- the name of the key under which it is linked
    link       BLOB NOT NULL,    -- binds the entry to all before it
    PRIMARY KEY (subscriber, seq)
) STRICT, WITHOUT ROWID;

-- Whom an entry is about who was erased since.
CREATE TABLE erased (
    number INTEGER PRIMARY KEY,
    id     BLOB NOT NULL
) STRICT;

DROP TABLE interests;
DELETE FROM sets;
