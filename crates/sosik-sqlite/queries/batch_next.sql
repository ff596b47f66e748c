SELECT campaign, number, fallback, recipients, outcomes, codes, state, due, attempts, first_sent, note, send_by, token
FROM batches
WHERE state IN ('in-doubt', 'ready', 'taken')
  AND due <= ?1
  AND (worker IS NULL OR worker = ?2 OR lease_until <= ?1)
ORDER BY due, campaign, number
LIMIT 1
