INSERT INTO erased (number, id) VALUES (?1, ?2)
