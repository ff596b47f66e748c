UPDATE batches
SET outcomes = ?3, codes = ?4, state = ?5, due = ?6, attempts = ?7, first_sent = ?8, note = ?9, send_by = ?10, handle = ?11
WHERE campaign = ?1 AND number = ?2
