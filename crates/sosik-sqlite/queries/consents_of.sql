SELECT purpose, granted, at, evidence FROM consents
WHERE subscriber = (SELECT number FROM subscribers WHERE id = ?1) ORDER BY seq
