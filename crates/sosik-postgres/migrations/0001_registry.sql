CREATE TABLE meta (
    name  text PRIMARY KEY,
    value bytea NOT NULL
);

CREATE TABLE subscribers (
    number      bigint PRIMARY KEY,
    id          uuid NOT NULL UNIQUE,
    phone       bytea,                      -- sealed for this row's id
    mobile      boolean,                    -- whether that is a mobile number
    area        text COLLATE "C",
    topics      text[] COLLATE "C" NOT NULL, -- empty: every topic
    allows_text boolean NOT NULL,
    language    text,
    quiet       text,
    child_until date,
    gone_at     timestamptz,
    by_events   boolean NOT NULL,           -- whether nobody put them: they are known by what was told of them alone
    created_at  timestamptz NOT NULL
);

-- By what someone is known, found by a keyed hash.
CREATE TABLE identities (
    lookup     bytea PRIMARY KEY,
    subscriber bigint NOT NULL,
    put_at     timestamptz, -- NULL where it is known by events alone
    sealed     bytea        -- sealed for the id of the person; NULL for a number, which is sealed with them
);

CREATE INDEX identities_of ON identities (subscriber) WHERE sealed IS NOT NULL;

-- How someone stands to a channel, by each of their identities.
CREATE TABLE relations (
    channel    text COLLATE "C" NOT NULL,
    subscriber bigint NOT NULL,
    lookup     bytea NOT NULL,
    state      smallint NOT NULL, -- 0 added, 1 left, 2 blocked
    at         timestamptz NOT NULL,
    source     text COLLATE "C" NOT NULL,
    PRIMARY KEY (channel, subscriber, lookup)
) PARTITION BY HASH (channel);

CREATE INDEX relations_of ON relations (subscriber);

DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format(
            'CREATE TABLE relations_%s PARTITION OF relations FOR VALUES WITH (MODULUS 16, REMAINDER %s)', part, part
        );
    END LOOP;
END $$;

-- Until when nothing counts that was told of an id.
CREATE TABLE unlinked (
    lookup bytea PRIMARY KEY,
    at     timestamptz NOT NULL
);

-- The ledger's order is that of `seq`. What each said is found by `subscriber`.
CREATE TABLE consents (
    seq        bigint PRIMARY KEY,
    subscriber bigint NOT NULL,
    purpose    text COLLATE "C" NOT NULL, -- `erasure`: they were erased, `evidence` is the ground
    granted    boolean NOT NULL,
    at         timestamptz NOT NULL,
    evidence   text,                      -- NULL where they were erased since: its digest stands for it
    details    text NOT NULL,
    digest     bytea,
    key        bytea NOT NULL,            -- the name of the key under which it is linked
    link       bytea NOT NULL             -- binds the entry to all before it
);

CREATE INDEX consents_of ON consents (subscriber);

-- Whom an entry is about who was erased since.
CREATE TABLE erased (
    number bigint PRIMARY KEY,
    id     uuid NOT NULL
);

CREATE FUNCTION consents_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'a consent is never dropped';
    END IF;
    IF OLD.evidence IS NULL OR NEW.evidence IS NOT NULL OR NEW.digest IS NULL OR OLD.purpose = 'erasure'
        OR (NEW.seq, NEW.subscriber, NEW.purpose, NEW.granted, NEW.at, NEW.details, NEW.key, NEW.link)
        IS DISTINCT FROM (OLD.seq, OLD.subscriber, OLD.purpose, OLD.granted, OLD.at, OLD.details, OLD.key, OLD.link)
    THEN
        RAISE EXCEPTION 'a consent is never changed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER consents_are_never_changed BEFORE UPDATE OR DELETE ON consents
FOR EACH ROW EXECUTE FUNCTION consents_are_kept();

CREATE TRIGGER consents_are_never_emptied BEFORE TRUNCATE ON consents
FOR EACH STATEMENT EXECUTE FUNCTION consents_are_kept();
