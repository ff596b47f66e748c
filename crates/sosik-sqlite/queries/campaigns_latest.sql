SELECT id FROM campaigns
WHERE ?1 IS NULL OR channel = ?1
ORDER BY slot DESC, send_at DESC, id
LIMIT ?2
