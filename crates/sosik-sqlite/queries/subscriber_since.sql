UPDATE subscribers SET created_at = ?2 WHERE number = ?1
