-- The version of the agent that a club's gateways are to run, and how many of them try it first.

CREATE TABLE sts.wanted_version (
    club_id  uuid PRIMARY KEY REFERENCES sts.club ON DELETE CASCADE,
    version  text NOT NULL CHECK (version ~ '^[0-9][0-9A-Za-z.+!-]{0,39}$'),
    percent  int NOT NULL CHECK (percent BETWEEN 0 AND 100),
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE sts.wanted_version ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON sts.wanted_version TO sts_ingest;
CREATE POLICY ingest_reads ON sts.wanted_version FOR SELECT TO sts_ingest USING (true);
GRANT SELECT, INSERT, UPDATE ON sts.wanted_version TO sts_api;
CREATE POLICY sees ON sts.wanted_version FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club())
    AND (SELECT sts.asking_role()) IN ('admin', 'director', 'coach', 'trainer', 'technician'));
CREATE POLICY adds ON sts.wanted_version FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'technician'));
CREATE POLICY changes ON sts.wanted_version FOR UPDATE TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'technician'));
