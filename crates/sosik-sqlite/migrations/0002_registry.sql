-- Each subscriber has a number, by which all that is kept of them is found one after the other.
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
    link       BLOB, -- binds the entry to all before it; set where it is written
    UNIQUE (subscriber, purpose, granted, at, evidence)
) STRICT;

INSERT INTO words (seq, subscriber, purpose, granted, at, evidence)
SELECT seq, number, purpose, granted, at, evidence
FROM consents JOIN people ON people.id = consents.subscriber ORDER BY seq;

-- With the table go its triggers: those of the new one are made when its entries are linked.
DROP TRIGGER consents_are_never_dropped;
DROP TABLE consents;
DROP TABLE subscribers;
ALTER TABLE people RENAME TO subscribers;
ALTER TABLE words RENAME TO consents;

CREATE INDEX subscribers_by_area ON subscribers (area);
-- The latest word first; of two at the same instant the withdrawal.
CREATE INDEX consents_by_time ON consents (subscriber, purpose, at DESC, granted);

-- What each wants to hear of, one row a topic, after a `=`; `*` stands for every topic.
CREATE TABLE interests (
    subscriber INTEGER NOT NULL REFERENCES subscribers (number),
    topic      TEXT NOT NULL,
    PRIMARY KEY (subscriber, topic)
) STRICT, WITHOUT ROWID;

INSERT INTO interests (subscriber, topic)
SELECT number, '=' || json_each.value FROM subscribers, json_each(subscribers.topics)
UNION ALL
SELECT number, '*' FROM subscribers WHERE topics = '[]';

-- Sets of numbers, one bit each, 65,536 of them a row: of an area, of a topic, of a consent that stands.
CREATE TABLE sets (
    name  TEXT NOT NULL,
    chunk INTEGER NOT NULL,
    bits  BLOB NOT NULL,
    PRIMARY KEY (name, chunk)
) STRICT;
