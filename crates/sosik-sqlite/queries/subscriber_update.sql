UPDATE subscribers SET area = ?2, topics = coalesce(?3, topics), allows_text = coalesce(?4, allows_text) WHERE id = ?1
