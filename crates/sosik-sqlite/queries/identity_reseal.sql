UPDATE identities SET lookup = ?2, sealed = ?3 WHERE lookup = ?1
