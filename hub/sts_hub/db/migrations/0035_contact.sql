-- How staff reach an athlete, as rosters tell it.
ALTER TABLE sts.athlete ADD contact text CHECK (length(contact) BETWEEN 1 AND 120);
GRANT UPDATE (contact) ON sts.athlete TO sts_api;
