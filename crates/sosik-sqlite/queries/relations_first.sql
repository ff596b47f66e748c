SELECT min(at) FROM relations WHERE subscriber = ?1 AND lookup = ?2
