SELECT channel, state, at, source FROM relations WHERE subscriber = ?1 ORDER BY channel, at, state, source
