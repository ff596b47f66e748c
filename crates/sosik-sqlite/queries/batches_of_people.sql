SELECT b.campaign, b.number, b.fallback, p.recipients, b.outcomes, b.codes, b.state, b.due, b.attempts, b.first_sent, b.note, b.send_by, b.token, b.handle, b.urgent
FROM batches AS b JOIN batch_people AS p USING (campaign, number)
WHERE b.campaign = ?1 AND b.low <= ?3 AND b.high >= ?2
