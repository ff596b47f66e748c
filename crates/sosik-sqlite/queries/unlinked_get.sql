SELECT at FROM unlinked WHERE lookup = ?1
