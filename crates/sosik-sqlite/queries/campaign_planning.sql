UPDATE campaigns SET planning = ?2 WHERE id = ?1
