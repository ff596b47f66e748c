UPDATE subscribers
SET area = coalesce(?2, area), topics = coalesce(?3, topics), allows_text = coalesce(?4, allows_text),
    language = coalesce(?5, language), quiet = coalesce(?6, quiet), child_until = coalesce(?7, child_until),
    created_at = CASE WHEN by_events THEN ?8 ELSE created_at END, by_events = 0
WHERE number = ?1
