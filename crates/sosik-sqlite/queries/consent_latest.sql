SELECT granted FROM consents WHERE subscriber = ?1 AND purpose = ?2 ORDER BY at DESC, granted LIMIT 1
