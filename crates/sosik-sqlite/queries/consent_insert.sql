INSERT INTO consents (subscriber, seq, purpose, granted, at, evidence, details, key, link)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
