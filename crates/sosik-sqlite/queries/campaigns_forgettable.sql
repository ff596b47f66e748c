SELECT id FROM campaigns AS c
WHERE c.state IN ('cancelled', 'expired', 'settled')
  AND (SELECT at FROM transitions AS t WHERE t.campaign = c.id ORDER BY t.seq DESC LIMIT 1) < ?1
  AND NOT EXISTS (
      SELECT 1 FROM batches AS b
      WHERE b.campaign = c.id AND b.state <> 'settled' AND b.state IN ('in-doubt', 'ready', 'taken')
  )
  AND EXISTS (SELECT 1 FROM batch_people AS p WHERE p.campaign = c.id)
ORDER BY id
