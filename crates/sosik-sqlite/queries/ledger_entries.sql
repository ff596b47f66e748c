SELECT purpose, granted, at, evidence, subscribers.id, link, seq
FROM consents LEFT JOIN subscribers ON subscribers.number = consents.subscriber ORDER BY seq
