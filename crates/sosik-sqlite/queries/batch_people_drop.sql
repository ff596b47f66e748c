DELETE FROM batch_people WHERE campaign = ?1
