INSERT INTO batches (campaign, number, outcomes, codes, state, due, attempts, first_sent, note, send_by, handle, fallback, urgent, low, high)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
