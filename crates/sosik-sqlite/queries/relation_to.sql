SELECT channel, state, at, source FROM relations
WHERE subscriber = ?1 AND channel = ?2 ORDER BY at DESC, state DESC, source DESC LIMIT 1
