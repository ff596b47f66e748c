SELECT s.number, s.id, s.mobile, s.allows_text, s.child_until, s.quiet, s.gone_at FROM subscribers AS s WHERE s.id > ? AND
