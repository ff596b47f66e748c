-- Instants are microseconds since 1970 (UTC), ids are the 16 bytes of their UUIDs.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

CREATE TABLE subscribers (
    id           BLOB PRIMARY KEY,
    phone_index  BLOB NOT NULL UNIQUE, -- keyed hash, by which a number is found
    phone_sealed BLOB NOT NULL,        -- sealed for this row's id
    area         TEXT NOT NULL,
    topics       TEXT NOT NULL,        -- JSON list
    allows_text  INTEGER NOT NULL,
    gone_at      INTEGER,
    created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE consents (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber BLOB NOT NULL REFERENCES subscribers (id),
    purpose    TEXT NOT NULL,
    granted    INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    evidence   TEXT NOT NULL,
    UNIQUE (subscriber, purpose, granted, at, evidence)
) STRICT;

CREATE TRIGGER consents_are_never_changed BEFORE UPDATE ON consents
BEGIN
    SELECT RAISE(ABORT, 'a consent is never changed');
END;

CREATE TRIGGER consents_are_never_dropped BEFORE DELETE ON consents
BEGIN
    SELECT RAISE(ABORT, 'a consent is never dropped');
END;

CREATE TABLE campaigns (
    id         BLOB PRIMARY KEY,
    channel    TEXT NOT NULL,
    slot       INTEGER NOT NULL,
    edition    TEXT NOT NULL,
    class      TEXT NOT NULL,
    message    TEXT NOT NULL,    -- JSON of sosik-channel
    send_at    INTEGER NOT NULL,
    planned_at INTEGER NOT NULL,
    audience   INTEGER NOT NULL,
    suppressed TEXT NOT NULL,    -- JSON: count by reason
    UNIQUE (channel, slot, edition)
) STRICT, WITHOUT ROWID;

CREATE TABLE batches (
    campaign    BLOB NOT NULL REFERENCES campaigns (id),
    number      INTEGER NOT NULL,
    fallback    INTEGER NOT NULL,
    recipients  BLOB NOT NULL,   -- ids, one after the other
    outcomes    BLOB NOT NULL,   -- one byte a recipient
    codes       TEXT NOT NULL,   -- JSON: code by place
    state       TEXT NOT NULL,
    due         INTEGER NOT NULL,
    send_by     INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    first_sent  INTEGER,
    note        TEXT,
    worker      TEXT,
    lease_until INTEGER,
    token       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX batches_by_due ON batches (due) WHERE state IN ('in-doubt', 'ready', 'taken');

CREATE TABLE fence (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    token INTEGER NOT NULL
) STRICT;

INSERT INTO fence (only, token) VALUES (1, 0);
