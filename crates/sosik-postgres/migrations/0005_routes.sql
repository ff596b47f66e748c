-- By which way a campaign goes, and what is known of it where it does not go to named recipients.

ALTER TABLE campaigns ADD COLUMN route text NOT NULL DEFAULT 'recipients';
ALTER TABLE campaigns ADD COLUMN evidence text NOT NULL DEFAULT '{}';
ALTER TABLE campaigns ADD COLUMN watched boolean NOT NULL DEFAULT FALSE; -- whether the evidence is open
