INSERT INTO consents (subscriber, purpose, granted, at, evidence, link) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT DO NOTHING
