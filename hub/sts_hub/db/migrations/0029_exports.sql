-- Exports: what was asked for, and how far it is. The files lie in a folder of the API process for a day.
CREATE TABLE sts.export (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id     uuid NOT NULL,
    asked_by    uuid NOT NULL,
    form        text NOT NULL CHECK (form IN ('fit', 'tcx', 'gpx', 'csv', 'parquet')),
    since       timestamptz NOT NULL,
    until       timestamptz NOT NULL CHECK (until > since),
    athlete_ids uuid[] NOT NULL CHECK (cardinality(athlete_ids) > 0),
    metrics     text[] NOT NULL DEFAULT '{}',
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    done        int NOT NULL DEFAULT 0,
    size        bigint,
    error       text,
    asked_at    timestamptz NOT NULL DEFAULT now(),
    seen_at     timestamptz NOT NULL DEFAULT now(),         -- when its maker last spoke of it
    expires_at  timestamptz NOT NULL,
    FOREIGN KEY (asked_by, club_id) REFERENCES sts.account (id, club_id) ON DELETE CASCADE
);
CREATE INDEX export_asked_idx ON sts.export (club_id, asked_at);

GRANT SELECT, INSERT, DELETE, UPDATE (state, done, size, error, seen_at) ON sts.export TO sts_api;
ALTER TABLE sts.export ENABLE ROW LEVEL SECURITY;

-- An export is its asker's own; the club's admins and directors see that it was made, and an admin may remove it.
CREATE POLICY sees ON sts.export FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club())
    AND (asked_by = (SELECT sts.asking_account()) OR (SELECT sts.asking_role()) IN ('admin', 'director')));
CREATE POLICY adds ON sts.export FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND asked_by = (SELECT sts.asking_account()));
CREATE POLICY changes ON sts.export FOR UPDATE TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND asked_by = (SELECT sts.asking_account()));
CREATE POLICY removes ON sts.export FOR DELETE TO sts_api USING (
    club_id = (SELECT sts.asking_club())
    AND (asked_by = (SELECT sts.asking_account()) OR (SELECT sts.asking_role()) = 'admin'));
