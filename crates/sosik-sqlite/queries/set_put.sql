INSERT INTO sets (name, chunk, bits) VALUES (?1, ?2, ?3) ON CONFLICT (name, chunk) DO UPDATE SET bits = excluded.bits
