SELECT purpose, granted, at, evidence, details FROM consents
WHERE subscriber = ?1 AND purpose <> 'erasure' AND purpose NOT LIKE 'asked-%' AND purpose NOT LIKE 'done-%' ORDER BY seq
