SELECT bits FROM sets WHERE name = ?1 AND chunk = ?2
