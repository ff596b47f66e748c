UPDATE subscribers SET gone_at = max(coalesce(gone_at, ?2), ?2) WHERE id = ?1
