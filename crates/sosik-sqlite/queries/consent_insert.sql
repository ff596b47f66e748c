INSERT INTO consents (subscriber, purpose, granted, at, evidence) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO NOTHING
