SELECT b.campaign, b.number, b.fallback, p.recipients, b.outcomes, b.codes, b.state, b.due, b.attempts, b.first_sent, b.note, b.send_by, b.token, b.handle, b.urgent
FROM batches AS b JOIN batch_people AS p USING (campaign, number)
WHERE b.campaign = ?1 AND instr(p.recipients, ?2) > 0
ORDER BY b.number
