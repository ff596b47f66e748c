SELECT b.campaign, b.number, b.fallback, p.recipients, b.outcomes, b.codes, b.state, b.due, b.attempts, b.first_sent, b.note, b.send_by, b.token, b.handle, b.urgent
FROM batches AS b JOIN batch_people AS p USING (campaign, number)
WHERE b.state = 'held' AND b.state <> 'settled'
ORDER BY b.campaign, b.number
LIMIT ?1
