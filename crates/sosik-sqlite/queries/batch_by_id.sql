SELECT campaign, number, fallback, recipients, outcomes, codes, state, due, attempts, first_sent, note, token
FROM batches WHERE campaign = ?1 AND number = ?2
