SELECT count(*) FROM subscribers WHERE number > ?1
