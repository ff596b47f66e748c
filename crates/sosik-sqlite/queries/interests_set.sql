INSERT INTO interests (subscriber, topic)
SELECT ?1, '=' || value FROM json_each(?2)
UNION ALL
SELECT ?1, '*' WHERE ?2 = '[]'
