SELECT b.campaign, b.number, c.channel, b.urgent, b.due, b.attempts
FROM batches AS b JOIN campaigns AS c ON c.id = b.campaign
WHERE b.urgent = ?3
  AND b.state IN ('in-doubt', 'ready', 'taken')
  AND (c.state IN ('cancelled', 'expired', 'planned', 'sending', 'settled') OR c.state = 'paused' AND b.state = 'taken')
  AND b.due <= ?1
  AND (b.worker IS NULL OR b.lease_until <= ?1)
ORDER BY b.due, b.campaign, b.number
LIMIT ?2
