INSERT INTO campaigns (id, channel, slot, edition, class, message, send_at, planned_at, audience, suppressed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
