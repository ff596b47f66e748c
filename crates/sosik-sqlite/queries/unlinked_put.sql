INSERT INTO unlinked (lookup, at) VALUES (?1, ?2) ON CONFLICT (lookup) DO UPDATE SET at = excluded.at
WHERE excluded.at > unlinked.at
