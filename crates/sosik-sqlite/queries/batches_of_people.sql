SELECT b.campaign, b.number, b.fallback, p.recipients, b.outcomes, b.codes, b.state, b.due, b.attempts, b.first_sent, b.note, b.send_by, b.token, b.handle, b.urgent
FROM batches AS b JOIN batch_people AS p USING (campaign, number) JOIN campaigns AS c ON c.id = b.campaign
WHERE b.campaign = ?1 AND b.low <= ?3 AND b.high >= ?2 AND b.number > ?4
  AND NOT (
      c.state IN ('cancelled', 'expired') AND b.first_sent IS NULL
      AND (b.state = 'held' OR b.state = 'ready' AND b.worker IS NULL)
  )
ORDER BY b.number
LIMIT 64
