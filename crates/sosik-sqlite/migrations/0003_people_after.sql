DROP TABLE consents_before;
DROP TABLE subscribers_before;

CREATE TRIGGER consents_are_never_changed BEFORE UPDATE ON consents
WHEN NOT (
    OLD.evidence IS NOT NULL AND NEW.evidence IS NULL AND NEW.digest IS NOT NULL AND OLD.purpose <> 'erasure'
    AND (NEW.subscriber, NEW.seq, NEW.purpose, NEW.granted, NEW.at, NEW.details, NEW.key, NEW.link)
      = (OLD.subscriber, OLD.seq, OLD.purpose, OLD.granted, OLD.at, OLD.details, OLD.key, OLD.link)
)
BEGIN
    SELECT RAISE(ABORT, 'a consent is never changed');
END;

CREATE TRIGGER consents_are_never_dropped BEFORE DELETE ON consents
BEGIN
    SELECT RAISE(ABORT, 'a consent is never dropped');
END;
