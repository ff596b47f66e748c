CREATE TRIGGER consents_are_never_changed BEFORE UPDATE ON consents
BEGIN
    SELECT RAISE(ABORT, 'a consent is never changed');
END;

CREATE TRIGGER consents_are_never_dropped BEFORE DELETE ON consents
BEGIN
    SELECT RAISE(ABORT, 'a consent is never dropped');
END;
