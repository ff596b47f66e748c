UPDATE campaigns SET audience = ?2, suppressed = ?3, planning = NULL WHERE id = ?1
