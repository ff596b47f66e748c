SELECT max(coalesce((SELECT max(number) FROM subscribers), 0), coalesce((SELECT max(number) FROM erased), 0)) + 1
