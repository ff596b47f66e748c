SELECT channel, state, at, source FROM relations WHERE subscriber = ?1
