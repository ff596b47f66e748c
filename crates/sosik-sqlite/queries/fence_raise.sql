UPDATE fence SET token = token + 1 WHERE only = 1 RETURNING token
