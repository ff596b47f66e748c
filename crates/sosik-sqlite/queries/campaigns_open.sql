SELECT id FROM campaigns AS c
WHERE c.state NOT IN ('approved', 'draft')
  AND EXISTS (
      SELECT 1 FROM batches AS b
      WHERE b.campaign = c.id AND b.state <> 'settled'
        AND (b.state = 'taken' OR b.state IN ('in-doubt', 'ready') AND c.state <> 'paused')
  )
  OR c.route <> 'recipients' AND (c.state IN ('paused', 'planned', 'sending') OR c.watched)
ORDER BY send_at, id
