UPDATE consents SET evidence = NULL, digest = ?3 WHERE subscriber = ?1 AND seq = ?2
