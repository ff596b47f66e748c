-- Who works on a ticket, and how many of its answers no door has tried to tell yet.

ALTER TABLE tickets ADD COLUMN assignee TEXT;
ALTER TABLE tickets ADD COLUMN untold INTEGER NOT NULL DEFAULT 0;

-- What staff wrote before and has not reached anyone is still to be told.
UPDATE tickets SET untold = (
    SELECT count(*) FROM json_each(tickets.entries) AS entry
    WHERE json_extract(entry.value, '$.by.staff') IS NOT NULL AND json_extract(entry.value, '$.delivered') IS NULL
) WHERE who IS NOT NULL;

CREATE INDEX tickets_untold ON tickets (changed, year, serial) WHERE untold > 0;
