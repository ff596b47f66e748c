SELECT deed, account, at, note FROM transitions WHERE campaign = ?1 ORDER BY seq
