INSERT INTO identities (lookup, subscriber, put_at, sealed) VALUES (?1, ?2, ?3, ?4)
