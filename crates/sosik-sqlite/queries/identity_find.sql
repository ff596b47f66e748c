SELECT i.subscriber, i.put_at, s.id, s.by_events, s.created_at
FROM identities AS i JOIN subscribers AS s ON s.number = i.subscriber WHERE i.lookup = ?1
