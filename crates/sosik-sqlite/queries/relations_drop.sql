DELETE FROM relations WHERE subscriber = ?1 AND lookup = ?2 AND at <= ?3
