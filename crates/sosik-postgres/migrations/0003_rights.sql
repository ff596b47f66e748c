-- Who may look at people's data: what was granted, changed and removed. As the accesses, it is dropped when it is old.
CREATE TABLE rights (
    number bigint PRIMARY KEY,
    at     timestamptz NOT NULL,
    who    text NOT NULL,
    place  text NOT NULL,
    whose  text NOT NULL,
    what   text NOT NULL,
    key    bytea NOT NULL,
    link   bytea NOT NULL
);

CREATE FUNCTION rights_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a change of rights is never changed';
END $$;

CREATE TRIGGER rights_are_never_changed BEFORE UPDATE ON rights
FOR EACH ROW EXECUTE FUNCTION rights_are_kept();
