DELETE FROM identities WHERE lookup = ?1
