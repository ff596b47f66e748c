SELECT number FROM subscribers WHERE id = ?1
