SELECT purpose, granted, at, evidence, details FROM consents
WHERE subscriber = ?1 AND purpose <> 'erasure' ORDER BY seq
