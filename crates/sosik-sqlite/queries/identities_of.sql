SELECT lookup, sealed, put_at FROM identities WHERE subscriber = ?1 AND sealed IS NOT NULL
