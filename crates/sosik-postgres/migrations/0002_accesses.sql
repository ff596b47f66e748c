-- Who looked at whose data. What is older than it has to be kept is dropped; the rest is numbered on.
CREATE TABLE accesses (
    number bigint PRIMARY KEY,
    at     timestamptz NOT NULL,
    who    text NOT NULL,
    place  text NOT NULL,
    whose  text NOT NULL,
    what   text NOT NULL,
    key    bytea NOT NULL,
    link   bytea NOT NULL
);

CREATE FUNCTION accesses_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an access is never changed';
END $$;

CREATE TRIGGER accesses_are_never_changed BEFORE UPDATE ON accesses
FOR EACH ROW EXECUTE FUNCTION accesses_are_kept();
