DELETE FROM interests WHERE subscriber = ?1
