SELECT count(*) FROM subscribers
