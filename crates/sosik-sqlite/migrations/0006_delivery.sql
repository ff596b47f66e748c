-- Where campaigns stand and who brought them there; batches whose living part is small, with their people beside them.

ALTER TABLE campaigns ADD COLUMN segment TEXT NOT NULL DEFAULT 'everyone';
ALTER TABLE campaigns ADD COLUMN send_by INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN approvers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN author_counts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN state TEXT NOT NULL DEFAULT 'sending';
ALTER TABLE campaigns ADD COLUMN planning INTEGER; -- the token of whoever plans it

CREATE TABLE transitions (
    campaign BLOB NOT NULL REFERENCES campaigns (id),
    seq      INTEGER NOT NULL,
    deed     TEXT NOT NULL,
    account  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    note     TEXT NOT NULL,
    PRIMARY KEY (campaign, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER transitions_are_never_changed BEFORE UPDATE ON transitions
BEGIN
    SELECT RAISE(ABORT, 'what was done with a campaign is never changed');
END;

CREATE TRIGGER transitions_are_never_dropped BEFORE DELETE ON transitions
BEGIN
    SELECT RAISE(ABORT, 'what was done with a campaign is never dropped');
END;

ALTER TABLE batches RENAME TO batches_before;
DROP INDEX batches_by_due;

CREATE TABLE batches (
    campaign    BLOB NOT NULL REFERENCES campaigns (id),
    number      INTEGER NOT NULL,
    fallback    INTEGER NOT NULL,
    urgent      INTEGER NOT NULL DEFAULT 0, -- goes before all that is not
    state       TEXT NOT NULL,
    due         INTEGER NOT NULL,
    send_by     INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    first_sent  INTEGER,
    note        TEXT,
    handle      TEXT,            -- the provider's, of the last attempt
    worker      TEXT,
    lease_until INTEGER,
    token       INTEGER NOT NULL DEFAULT 0,
    codes       TEXT NOT NULL,   -- JSON: code by place
    outcomes    BLOB NOT NULL,   -- one byte a recipient
    PRIMARY KEY (campaign, number)
) STRICT, WITHOUT ROWID;

-- Written once: what changes is kept apart from it.
CREATE TABLE batch_people (
    campaign   BLOB NOT NULL,
    number     INTEGER NOT NULL,
    recipients BLOB NOT NULL,    -- ids, one after the other
    PRIMARY KEY (campaign, number),
    FOREIGN KEY (campaign, number) REFERENCES batches (campaign, number)
) STRICT, WITHOUT ROWID;

INSERT INTO batches (campaign, number, fallback, state, due, send_by, attempts, first_sent, note, worker, lease_until, token, codes, outcomes)
SELECT campaign, number, fallback, state, due, send_by, attempts, first_sent, note, worker, lease_until, token, codes, outcomes
FROM batches_before;

INSERT INTO batch_people (campaign, number, recipients) SELECT campaign, number, recipients FROM batches_before;

DROP TABLE batches_before;

CREATE INDEX batches_by_due ON batches (urgent DESC, due, campaign, number) WHERE state IN ('in-doubt', 'ready', 'taken');
CREATE INDEX batches_leased ON batches (worker) WHERE worker IS NOT NULL;
CREATE INDEX batches_unsettled ON batches (campaign) WHERE state <> 'settled';

-- Campaigns of before were planned as soon as they were written, and were on their way from their first batch on.
UPDATE campaigns SET send_by = coalesce((SELECT max(send_by) FROM batches WHERE campaign = campaigns.id), send_at + 86400000000);
UPDATE campaigns SET state = 'settled'
WHERE NOT EXISTS (SELECT 1 FROM batches WHERE campaign = campaigns.id AND state <> 'settled');
UPDATE campaigns SET state = 'planned'
WHERE state = 'sending' AND NOT EXISTS (SELECT 1 FROM batches WHERE campaign = campaigns.id AND attempts > 0);
INSERT INTO transitions (campaign, seq, deed, account, at, note) SELECT id, 0, 'draft', 'sosik', planned_at, '' FROM campaigns;
INSERT INTO transitions (campaign, seq, deed, account, at, note) SELECT id, 1, 'plan', 'sosik', planned_at, '' FROM campaigns;
INSERT INTO transitions (campaign, seq, deed, account, at, note) SELECT id, 2, 'start', 'sosik', send_at, '' FROM campaigns WHERE state <> 'planned';
INSERT INTO transitions (campaign, seq, deed, account, at, note)
SELECT id, 3, 'settle', 'sosik', send_at, '' FROM campaigns WHERE state = 'settled';

ALTER TABLE campaigns DROP COLUMN planned_at;
