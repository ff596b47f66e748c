-- Campaigns, who did what with them, and their batches: the ledger of what was sent.
CREATE TABLE campaigns (
    id            uuid PRIMARY KEY,
    channel       text NOT NULL,
    slot          timestamptz NOT NULL,
    edition       text NOT NULL,
    class         text NOT NULL,
    message       text NOT NULL,  -- JSON of sosik-channel
    segment       text NOT NULL,
    send_at       timestamptz NOT NULL,
    send_by       timestamptz NOT NULL,
    approvers     smallint NOT NULL,
    author_counts boolean NOT NULL,
    state         text NOT NULL,
    planning      bigint,         -- the token of whoever plans it
    audience      bigint NOT NULL,
    suppressed    text NOT NULL,  -- JSON: count by reason
    UNIQUE (channel, slot, edition)
);

CREATE TABLE transitions (
    campaign uuid NOT NULL REFERENCES campaigns (id),
    seq      integer NOT NULL,
    deed     text NOT NULL,
    account  text NOT NULL,
    at       timestamptz NOT NULL,
    note     text NOT NULL,
    PRIMARY KEY (campaign, seq)
);

CREATE FUNCTION transitions_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was done with a campaign is never changed';
END $$;

CREATE TRIGGER transitions_are_never_changed BEFORE UPDATE OR DELETE ON transitions
FOR EACH ROW EXECUTE FUNCTION transitions_are_kept();

CREATE TABLE batches (
    campaign    uuid NOT NULL REFERENCES campaigns (id),
    number      bigint NOT NULL,
    fallback    boolean NOT NULL,
    urgent      boolean NOT NULL, -- goes before all that is not
    state       text NOT NULL,
    due         timestamptz NOT NULL,
    send_by     timestamptz NOT NULL,
    attempts    bigint NOT NULL,
    first_sent  timestamptz,
    note        text,
    handle      text,             -- the provider's, of the last attempt
    worker      text,
    lease_until timestamptz,
    token       bigint NOT NULL DEFAULT 0,
    codes       text NOT NULL,    -- JSON: code by place
    outcomes    bytea NOT NULL,   -- one byte a recipient
    PRIMARY KEY (campaign, number)
);

-- Written once: what changes is kept apart from it.
CREATE TABLE batch_people (
    campaign   uuid NOT NULL,
    number     bigint NOT NULL,
    recipients bytea NOT NULL,    -- ids, one after the other
    PRIMARY KEY (campaign, number),
    FOREIGN KEY (campaign, number) REFERENCES batches (campaign, number)
);

CREATE INDEX batches_by_due ON batches (urgent DESC, due, campaign, number) WHERE state IN ('in-doubt', 'ready', 'taken');
CREATE INDEX batches_leased ON batches (worker) WHERE worker IS NOT NULL;
CREATE INDEX batches_unsettled ON batches (campaign) WHERE state <> 'settled';

-- Tokens of claims and plannings: each is higher than any before.
CREATE SEQUENCE fence;
