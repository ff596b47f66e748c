UPDATE subscribers SET area = ?2, topics = ?3, allows_text = ?4 WHERE id = ?1
