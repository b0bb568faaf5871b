-- Sessions of years before, as another system told them: which column of its tables is what, and the numbers that it gave. Nothing
-- is computed from these; ratings stand with all others in sts.session_rating.

CREATE TABLE sts.history_mapping (
    club_id  uuid NOT NULL REFERENCES sts.club,
    name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    mapping  jsonb NOT NULL,
    saved_by text NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (club_id, name)
);

CREATE TABLE sts.session_told (
    session_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    name       text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{1,39}$'),
    unit       text NOT NULL CHECK (length(unit) <= 20),
    value      float8 NOT NULL,
    PRIMARY KEY (session_id, athlete_id, name),
    FOREIGN KEY (session_id, athlete_id) REFERENCES sts.session_athlete ON DELETE CASCADE
);

GRANT SELECT, INSERT, UPDATE (mapping, saved_by, saved_at) ON sts.history_mapping TO sts_api;
GRANT SELECT, INSERT, UPDATE (unit, value) ON sts.session_told TO sts_api;
ALTER TABLE sts.history_mapping ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.session_told ENABLE ROW LEVEL SECURITY;
CREATE POLICY keeps ON sts.history_mapping TO sts_api USING (club_id = (SELECT sts.asking_club()) AND (SELECT sts.trains()));
CREATE POLICY sees ON sts.session_told FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY trains ON sts.session_told TO sts_api USING (
    (SELECT sts.trains()) AND sts.may_see_athlete(athlete_id) AND EXISTS (SELECT FROM sts.session s WHERE s.id = session_id));
