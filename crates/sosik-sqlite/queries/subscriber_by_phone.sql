SELECT id, phone_sealed, area, topics, allows_text, gone_at, created_at, number FROM subscribers WHERE phone_index = ?1
