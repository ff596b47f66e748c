SELECT channel, slot, edition, class, message, send_at, segment, audience, suppressed, send_by, approvers, author_counts, route, evidence
FROM campaigns WHERE id = ?1
