SELECT state, outcomes, codes FROM batches WHERE campaign = ?1
