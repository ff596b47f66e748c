-- Each subscriber has a number, by which all that is kept of them is found one after the other.
DROP TRIGGER consents_are_never_changed;
DROP TRIGGER consents_are_never_dropped;
DROP INDEX subscribers_by_area;
DROP INDEX consents_by_time;

CREATE TABLE people (
    number       INTEGER PRIMARY KEY,
    id           BLOB NOT NULL UNIQUE,
    phone_index  BLOB NOT NULL UNIQUE, -- keyed hash, by which a number is found
    phone_sealed BLOB NOT NULL,        -- sealed for this row's id
    area         TEXT NOT NULL,
    topics       TEXT NOT NULL,        -- JSON list
    allows_text  INTEGER NOT NULL,
    gone_at      INTEGER,
    created_at   INTEGER NOT NULL
) STRICT;

INSERT INTO people (id, phone_index, phone_sealed, area, topics, allows_text, gone_at, created_at)
SELECT id, phone_index, phone_sealed, area, topics, allows_text, gone_at, created_at FROM subscribers ORDER BY id;

CREATE TABLE words (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber INTEGER NOT NULL REFERENCES people (number),
    purpose    TEXT NOT NULL,
    granted    INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    evidence   TEXT NOT NULL,
    link       BLOB,
    UNIQUE (subscriber, purpose, granted, at, evidence)
) STRICT;

INSERT INTO words (seq, subscriber, purpose, granted, at, evidence, link)
SELECT seq, number, purpose, granted, at, evidence, link
FROM consents JOIN people ON people.id = consents.subscriber ORDER BY seq;

CREATE TABLE wishes (
    subscriber INTEGER NOT NULL REFERENCES people (number),
    topic      TEXT NOT NULL,
    PRIMARY KEY (subscriber, topic)
) STRICT, WITHOUT ROWID;

INSERT INTO wishes (subscriber, topic)
SELECT number, topic FROM interests JOIN people ON people.id = interests.subscriber ORDER BY number, topic;

DROP TABLE interests;
DROP TABLE consents;
DROP TABLE subscribers;
ALTER TABLE people RENAME TO subscribers;
ALTER TABLE words RENAME TO consents;
ALTER TABLE wishes RENAME TO interests;

CREATE INDEX subscribers_by_area ON subscribers (area);
-- The latest word first; of two at the same instant the withdrawal.
CREATE INDEX consents_by_time ON consents (subscriber, purpose, at DESC, granted);

CREATE TRIGGER consents_are_never_changed BEFORE UPDATE ON consents
BEGIN
    SELECT RAISE(ABORT, 'a consent is never changed');
END;

CREATE TRIGGER consents_are_never_dropped BEFORE DELETE ON consents
BEGIN
    SELECT RAISE(ABORT, 'a consent is never dropped');
END;

-- Sets of numbers, one bit each, 65,536 of them a row: of an area, of a topic, of a consent that stands.
CREATE TABLE sets (
    name  TEXT NOT NULL,
    chunk INTEGER NOT NULL,
    bits  BLOB NOT NULL,
    PRIMARY KEY (name, chunk)
) STRICT;
