SELECT id, phone_sealed, area, topics, allows_text, gone_at, created_at FROM subscribers WHERE id = ?1
