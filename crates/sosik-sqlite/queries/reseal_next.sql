SELECT number, id, phone FROM subscribers WHERE number > ?1 ORDER BY number LIMIT ?2
