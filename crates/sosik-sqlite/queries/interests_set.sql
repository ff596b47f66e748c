INSERT INTO interests (subscriber, topic) VALUES (?1, ?2)
