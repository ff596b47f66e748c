SELECT campaign, number, fallback, recipients, outcomes, codes, state, due, attempts, first_sent, note, send_by, token
FROM batches WHERE campaign = ?1 AND number = ?2
