SELECT id, phone_sealed, area, topics, allows_text, gone_at, created_at, number FROM subscribers WHERE id = ?1
