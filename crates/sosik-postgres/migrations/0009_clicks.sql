-- How often citizens followed the links of cards: numbers, and nothing of anyone.
CREATE TABLE clicks (
    edition text NOT NULL,
    card    bigint NOT NULL,
    day     date NOT NULL,
    count   bigint NOT NULL,
    PRIMARY KEY (edition, card, day)
);
