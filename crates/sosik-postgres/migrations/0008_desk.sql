-- The desk: accounts of staff, who is signed in, and drafts.

CREATE TABLE staff_accounts (
    name           text COLLATE "C" PRIMARY KEY,
    -- The roles' codes, joined by +; nothing where someone left.
    roles          text NOT NULL,
    -- Argon2id, in the PHC string format.
    password       text NOT NULL,
    must_change    boolean NOT NULL,
    password_since timestamptz NOT NULL,
    failures       bigint NOT NULL,
    locked_until   timestamptz,
    version        bigint NOT NULL
);

-- By the hash of a token: whoever reads this cannot sign in.
CREATE TABLE staff_sign_ins (
    key        bytea PRIMARY KEY,
    account    text NOT NULL,
    -- The hash of what the password was checked against.
    credential bytea NOT NULL,
    since      timestamptz NOT NULL,
    seen       timestamptz NOT NULL
);

CREATE INDEX staff_sign_ins_by_account ON staff_sign_ins (account);

CREATE TABLE drafts (
    channel text NOT NULL,
    slot    timestamptz NOT NULL,
    version bigint NOT NULL,
    draft   text NOT NULL,
    PRIMARY KEY (channel, slot)
);
