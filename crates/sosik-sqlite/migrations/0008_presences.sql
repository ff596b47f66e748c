-- Between which people's ids a batch lies, by which whoever is asked for is found without reading every batch.
-- Batches of before were cut in the order of these ids.

ALTER TABLE batches ADD COLUMN low BLOB;
ALTER TABLE batches ADD COLUMN high BLOB;

UPDATE batches SET (low, high) = (
    SELECT substr(p.recipients, 1, 16), substr(p.recipients, -16) FROM batch_people AS p
    WHERE p.campaign = batches.campaign AND p.number = batches.number
);

CREATE INDEX batches_by_people ON batches (campaign, low, high);
