UPDATE subscribers SET phone = ?2, mobile = ?3 WHERE number = ?1
