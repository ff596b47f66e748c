-- The desk: accounts of staff, who is signed in, and drafts.

CREATE TABLE staff_accounts (
    name TEXT PRIMARY KEY,
    -- The roles' codes, joined by +; nothing where someone left.
    roles TEXT NOT NULL,
    -- Argon2id, in the PHC string format.
    password TEXT NOT NULL,
    must_change INTEGER NOT NULL,
    password_since INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    locked_until INTEGER,
    version INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

-- By the hash of a token: whoever reads this cannot sign in.
CREATE TABLE staff_sign_ins (
    key BLOB PRIMARY KEY,
    account TEXT NOT NULL,
    -- The hash of what the password was checked against.
    credential BLOB NOT NULL,
    since INTEGER NOT NULL,
    seen INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE INDEX staff_sign_ins_by_account ON staff_sign_ins (account);

CREATE TABLE drafts (
    channel TEXT NOT NULL,
    slot INTEGER NOT NULL,
    version INTEGER NOT NULL,
    draft TEXT NOT NULL,
    PRIMARY KEY (channel, slot)
) WITHOUT ROWID, STRICT;
