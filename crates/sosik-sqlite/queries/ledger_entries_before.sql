SELECT purpose, granted, at, evidence, subscriber, link, seq FROM consents ORDER BY seq
