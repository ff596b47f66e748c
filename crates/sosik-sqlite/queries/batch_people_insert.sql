INSERT INTO batch_people (campaign, number, recipients) VALUES (?1, ?2, ?3)
