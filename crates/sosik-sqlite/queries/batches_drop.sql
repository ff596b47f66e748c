DELETE FROM batches WHERE campaign = ?1
