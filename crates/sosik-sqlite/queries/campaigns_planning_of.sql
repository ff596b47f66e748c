SELECT other.id FROM campaigns AS c JOIN campaigns AS other ON other.slot = c.slot AND other.edition = c.edition
WHERE c.id = ?1 AND other.planning IS NOT NULL
