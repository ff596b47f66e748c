INSERT INTO subscribers
    (number, id, phone, mobile, area, topics, allows_text, language, quiet, child_until, by_events, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
