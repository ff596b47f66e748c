-- How often citizens followed the links of cards: numbers, and nothing of anyone.
CREATE TABLE clicks (
    edition TEXT NOT NULL,
    card INTEGER NOT NULL,
    day TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (edition, card, day)
) WITHOUT ROWID, STRICT;
