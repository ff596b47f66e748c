SELECT number, id, phone, area, topics, allows_text, language, quiet, child_until, gone_at, created_at
FROM subscribers AS s WHERE s.id > ? AND
