INSERT INTO transitions (campaign, seq, deed, account, at, note)
VALUES (?1, (SELECT count(*) FROM transitions WHERE campaign = ?1), ?2, ?3, ?4, ?5)
