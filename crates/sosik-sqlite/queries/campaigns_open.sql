SELECT id FROM campaigns
WHERE EXISTS (SELECT 1 FROM batches WHERE campaign = campaigns.id AND state IN ('in-doubt', 'ready', 'taken'))
ORDER BY send_at, id
