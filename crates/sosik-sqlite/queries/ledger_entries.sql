SELECT purpose, granted, at, evidence, details, digest, key, link, coalesce(s.id, erased.id)
FROM consents AS c
LEFT JOIN subscribers AS s ON s.number = c.subscriber
LEFT JOIN erased ON s.number IS NULL AND erased.number = c.subscriber
ORDER BY seq
