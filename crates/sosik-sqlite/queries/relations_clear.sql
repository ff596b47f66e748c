DELETE FROM relations WHERE subscriber = ?1
