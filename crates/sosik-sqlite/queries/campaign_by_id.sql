SELECT channel, slot, edition, class, message, send_at, segment, audience, suppressed, send_by, approvers, author_counts
FROM campaigns WHERE id = ?1
