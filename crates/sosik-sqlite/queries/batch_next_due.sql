SELECT min(CASE WHEN worker IS NULL OR worker = ?1 THEN due ELSE max(due, lease_until) END)
FROM batches WHERE state IN ('in-doubt', 'ready', 'taken')
