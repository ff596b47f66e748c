-- By which way a campaign goes, and what is known of it where it does not go to named recipients.

ALTER TABLE campaigns ADD COLUMN route TEXT NOT NULL DEFAULT 'recipients';
ALTER TABLE campaigns ADD COLUMN evidence TEXT NOT NULL DEFAULT '{}';
ALTER TABLE campaigns ADD COLUMN watched INTEGER NOT NULL DEFAULT 0; -- whether the evidence is open
