-- Conversations, tickets, and what was not understood.

-- What is remembered of someone's conversation in a channel: by the keyed hash of their identity, which names no one.
CREATE TABLE chat_sessions (
    who     bytea NOT NULL,
    channel text NOT NULL,
    session text NOT NULL,
    version bigint NOT NULL,
    until   timestamptz NOT NULL,
    PRIMARY KEY (who, channel)
);

CREATE INDEX chat_sessions_by_end ON chat_sessions (until);

-- The last number of each year: one that was dropped is given to no other ticket.
CREATE TABLE ticket_serials (
    year   integer PRIMARY KEY,
    serial integer NOT NULL
);

CREATE TABLE tickets (
    year       integer NOT NULL,
    serial     integer NOT NULL,
    -- The keyed hash of who asked, and who that is, sealed; neither where they were forgotten.
    who        bytea,
    who_sealed bytea,
    channel    text NOT NULL,
    language   text NOT NULL,
    office     text,
    state      text NOT NULL,
    assignee   text,
    opened     timestamptz NOT NULL,
    due        timestamptz NOT NULL,
    changed    timestamptz NOT NULL,
    version    bigint NOT NULL,
    -- Answers that no door has tried to tell yet.
    untold     integer NOT NULL,
    entries    text NOT NULL,
    PRIMARY KEY (year, serial)
);

CREATE INDEX tickets_by_who ON tickets (who, year, serial) WHERE who IS NOT NULL;
CREATE INDEX tickets_by_due ON tickets (state, due, year, serial);
CREATE INDEX tickets_untold ON tickets (changed, year, serial) WHERE untold > 0;

CREATE TABLE chat_misses (
    day   date NOT NULL,
    said  text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (day, said)
);
