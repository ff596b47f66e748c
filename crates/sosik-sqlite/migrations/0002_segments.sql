-- What each wants to hear of, one row a topic, after a `=`; `*` stands for every topic.
CREATE TABLE interests (
    subscriber BLOB NOT NULL REFERENCES subscribers (id),
    topic      TEXT NOT NULL,
    PRIMARY KEY (subscriber, topic)
) STRICT, WITHOUT ROWID;

INSERT INTO interests (subscriber, topic)
SELECT subscribers.id, '=' || json_each.value FROM subscribers, json_each(subscribers.topics)
UNION ALL
SELECT id, '*' FROM subscribers WHERE topics = '[]';

CREATE INDEX subscribers_by_area ON subscribers (area);
CREATE INDEX consents_by_time ON consents (subscriber, purpose, at, granted);
