INSERT INTO campaigns (id, channel, slot, edition, class, message, send_at, segment, audience, suppressed, send_by, approvers, author_counts, state, route, evidence, watched)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
