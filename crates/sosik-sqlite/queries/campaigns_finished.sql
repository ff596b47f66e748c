SELECT id FROM campaigns AS c
WHERE c.route = 'recipients'
  AND c.state IN ('paused', 'planned', 'sending')
  AND NOT EXISTS (SELECT 1 FROM batches AS b WHERE b.campaign = c.id AND b.state <> 'settled')
ORDER BY id
