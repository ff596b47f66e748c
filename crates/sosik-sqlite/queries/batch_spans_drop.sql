UPDATE batches SET low = NULL, high = NULL WHERE campaign = ?1
