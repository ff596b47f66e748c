INSERT INTO subscribers (id, phone_index, phone_sealed, area, topics, allows_text, gone_at, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, ?7)
