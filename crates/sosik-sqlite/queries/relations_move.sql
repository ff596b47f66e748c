UPDATE relations SET subscriber = ?3, lookup = ?4 WHERE subscriber = ?1 AND lookup = ?2
