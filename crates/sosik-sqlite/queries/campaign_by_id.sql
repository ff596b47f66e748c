SELECT channel, slot, edition, class, message, send_at, planned_at, audience, suppressed FROM campaigns WHERE id = ?1
