UPDATE consents SET link = ?2 WHERE seq = ?1
