SELECT purpose, granted, at, evidence FROM consents WHERE subscriber = ?1 ORDER BY seq
