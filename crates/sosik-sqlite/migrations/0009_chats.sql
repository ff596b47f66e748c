-- Conversations, tickets, and what was not understood.

-- What is remembered of someone's conversation in a channel: by the keyed hash of their identity, which names no one.
CREATE TABLE chat_sessions (
    who BLOB NOT NULL,
    channel TEXT NOT NULL,
    session TEXT NOT NULL,
    version INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (who, channel)
) WITHOUT ROWID, STRICT;

CREATE INDEX chat_sessions_by_end ON chat_sessions (until);

-- The last number of each year: one that was dropped is given to no other ticket.
CREATE TABLE ticket_serials (
    year INTEGER PRIMARY KEY,
    serial INTEGER NOT NULL
) STRICT;

CREATE TABLE tickets (
    year INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    -- The keyed hash of who asked, and who that is, sealed; neither where they were forgotten.
    who BLOB,
    who_sealed BLOB,
    channel TEXT NOT NULL,
    language TEXT NOT NULL,
    office TEXT,
    state TEXT NOT NULL,
    opened INTEGER NOT NULL,
    due INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    version INTEGER NOT NULL,
    entries TEXT NOT NULL,
    PRIMARY KEY (year, serial)
) STRICT;

CREATE INDEX tickets_by_who ON tickets (who, year, serial) WHERE who IS NOT NULL;
CREATE INDEX tickets_by_due ON tickets (state, due, year, serial);

CREATE TABLE chat_misses (
    day TEXT NOT NULL,
    said TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, said)
) WITHOUT ROWID, STRICT;
