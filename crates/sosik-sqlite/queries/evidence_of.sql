SELECT seq, evidence, key FROM consents WHERE subscriber = ?1 AND purpose <> 'erasure' AND evidence IS NOT NULL
