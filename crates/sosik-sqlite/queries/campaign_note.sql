UPDATE campaigns SET evidence = ?2, watched = ?3 WHERE id = ?1
