UPDATE batches SET worker = NULL, lease_until = NULL WHERE campaign = ?1 AND number = ?2
