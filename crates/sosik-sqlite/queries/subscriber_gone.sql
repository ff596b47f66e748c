UPDATE subscribers SET gone_at = ?2 WHERE id = ?1 AND gone_at IS NULL
