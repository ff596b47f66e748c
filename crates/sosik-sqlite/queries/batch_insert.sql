INSERT INTO batches (campaign, number, fallback, recipients, outcomes, codes, state, due, attempts, first_sent, note)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
