SELECT b.campaign, b.number, b.fallback, p.recipients, b.outcomes, b.codes, b.state, b.due, b.attempts, b.first_sent, b.note, b.send_by, b.token, b.handle, b.urgent
FROM batches AS b JOIN campaigns AS c ON c.id = b.campaign JOIN batch_people AS p USING (campaign, number)
WHERE b.urgent = ?3
  AND b.state IN ('in-doubt', 'ready', 'taken')
  AND (c.state IN ('cancelled', 'expired', 'planned', 'sending', 'settled') OR c.state = 'paused' AND b.state = 'taken')
  AND b.due <= ?1
  AND (b.worker IS NULL OR b.worker = ?2 OR b.lease_until <= ?1)
ORDER BY b.due, b.campaign, b.number
LIMIT 1
