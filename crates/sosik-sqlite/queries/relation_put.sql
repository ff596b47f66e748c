INSERT INTO relations (subscriber, channel, lookup, state, at, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (subscriber, channel, lookup)
DO UPDATE SET state = excluded.state, at = excluded.at, source = excluded.source
WHERE (excluded.at, excluded.state, excluded.source) > (relations.at, relations.state, relations.source)
