-- Between which people's ids a batch lies, by which whoever is asked for is found without reading every batch.
-- Batches of before were cut in the order of these ids.

ALTER TABLE batches ADD COLUMN low bytea;
ALTER TABLE batches ADD COLUMN high bytea;

UPDATE batches AS b
SET low = substring(p.recipients FROM 1 FOR 16), high = substring(p.recipients FROM length(p.recipients) - 15)
FROM batch_people AS p WHERE p.campaign = b.campaign AND p.number = b.number;

CREATE INDEX batches_by_people ON batches (campaign, low, high);
