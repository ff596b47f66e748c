SELECT s.id, s.phone_sealed, s.area, s.topics, s.allows_text, s.gone_at, s.created_at FROM subscribers AS s WHERE
