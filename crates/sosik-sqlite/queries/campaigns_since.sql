SELECT id, channel, slot, edition, class, send_at FROM campaigns
WHERE slot >= ?1 AND planning IS NULL
ORDER BY send_at, id
