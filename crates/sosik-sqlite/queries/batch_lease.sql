UPDATE batches SET worker = ?3, lease_until = ?4, token = ?5 WHERE campaign = ?1 AND number = ?2
