DELETE FROM subscribers WHERE number = ?1
