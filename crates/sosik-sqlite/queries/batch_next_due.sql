SELECT min(at)
FROM (
    SELECT at
    FROM (
        SELECT b.due AS at
        FROM batches AS b JOIN campaigns AS c ON c.id = b.campaign
        WHERE b.urgent = ?2 AND b.state IN ('in-doubt', 'ready', 'taken')
          AND (c.state IN ('cancelled', 'expired', 'planned', 'sending', 'settled') OR c.state = 'paused' AND b.state = 'taken')
          AND (b.worker IS NULL OR b.worker = ?1)
        ORDER BY b.due, b.campaign, b.number
        LIMIT 1
    )
    UNION ALL
    SELECT max(b.due, b.lease_until) AS at
    FROM batches AS b JOIN campaigns AS c ON c.id = b.campaign
    WHERE b.urgent = ?2
      AND b.state IN ('in-doubt', 'ready', 'taken')
      AND (c.state IN ('cancelled', 'expired', 'planned', 'sending', 'settled') OR c.state = 'paused' AND b.state = 'taken')
      AND b.worker IS NOT NULL AND b.worker <> ?1
)
