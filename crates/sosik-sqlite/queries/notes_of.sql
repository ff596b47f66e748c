SELECT purpose, granted, at, evidence, details FROM consents
WHERE subscriber = ?1 AND (purpose LIKE 'asked-%' OR purpose LIKE 'done-%') ORDER BY seq
