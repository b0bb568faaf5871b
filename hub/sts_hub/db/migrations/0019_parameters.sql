-- What formulas need to know of an athlete: from when on each value holds, and where it comes from. The highest heart rate,
-- so far one number of the athlete, becomes the first entry of this history.

CREATE TABLE sts.athlete_parameter (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    athlete_id uuid NOT NULL REFERENCES sts.athlete ON DELETE CASCADE,
    name       text NOT NULL CHECK (name IN ('hr_max', 'hr_rest', 'lthr', 'vt1', 'vt2', 'ftp', 'cp', 'w_prime', 'mass')),
    value      float8 NOT NULL CHECK (value > 0 AND value < 'infinity'),
    since      timestamptz NOT NULL,
    source     text NOT NULL CHECK (source IN ('measured', 'coach', 'estimate')),
    formula    text CHECK (formula ~ '^[a-z][a-z0-9_]{2,39}$'),
    entered_at timestamptz NOT NULL DEFAULT now(),
    entered_by uuid REFERENCES sts.account ON DELETE SET NULL,
    CHECK ((source = 'estimate') = (formula IS NOT NULL)),
    CONSTRAINT athlete_parameter_once UNIQUE (athlete_id, name, since)
);

-- A maximum seen in a session above the one in force waits for a person to accept or decline it.
CREATE TABLE sts.parameter_proposal (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    athlete_id uuid NOT NULL REFERENCES sts.athlete ON DELETE CASCADE,
    name       text NOT NULL CHECK (name = 'hr_max'),
    value      float8 NOT NULL,
    in_force   float8 NOT NULL,
    seen_at    timestamptz NOT NULL,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'declined')),
    made_at    timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz,
    decided_by uuid REFERENCES sts.account ON DELETE SET NULL,
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CONSTRAINT parameter_proposal_once UNIQUE (athlete_id, name, seen_at, value)
);
CREATE UNIQUE INDEX parameter_proposal_open_key ON sts.parameter_proposal (athlete_id, name) WHERE state = 'open';

-- Nobody noted since when it holds: it has always been used.
INSERT INTO sts.athlete_parameter (athlete_id, name, value, since, source)
SELECT id, 'hr_max', hr_max, '2000-01-01 00:00:00+00', 'coach' FROM sts.athlete WHERE hr_max IS NOT NULL;
ALTER TABLE sts.athlete DROP COLUMN hr_max;

-- The value in force at a time; null before the first one.
CREATE FUNCTION sts.parameter_at(p_athlete uuid, p_name text, p_at timestamptz) RETURNS float8
LANGUAGE sql STABLE AS $$
    SELECT value FROM sts.athlete_parameter
    WHERE athlete_id = p_athlete AND name = p_name AND since <= p_at ORDER BY since DESC LIMIT 1
$$;

-- Everybody whom the caller may see on the live wall, with what they wear now: a row per athlete and sensor, one without a
-- sensor where nothing is worn. consents: whether values may be shown.
CREATE OR REPLACE FUNCTION sts.live_roster()
RETURNS TABLE (
    athlete uuid, club_id uuid, team_id uuid, account_id uuid, number int, name text, hr_max int,
    sensor int, label text, kind text, since timestamptz, until timestamptz, consents boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, a.club_id, a.team_id, a.account_id, a.number, a.name,
           round(sts.parameter_at(a.id, 'hr_max', now()))::int,
           s.id, s.label, s.kind, lower(w.during), upper(w.during),
           EXISTS (SELECT FROM sts.consent c
                   WHERE c.athlete_id = a.id AND c.purpose = 'monitoring' AND c.during @> now())
    FROM sts.athlete a
    LEFT JOIN sts.assignment w ON w.athlete_id = a.id AND w.during @> now()
    LEFT JOIN sts.sensor s ON s.id = w.sensor_id
    WHERE a.club_id = sts.asking_club() AND sts.sees_person(a.club_id, a.team_id, a.account_id)
    ORDER BY a.number NULLS LAST, a.id, s.kind <> 'heart_rate', s.id
$$;

REVOKE EXECUTE ON FUNCTION sts.parameter_at FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.parameter_at TO sts_api, sts_ingest;
GRANT SELECT ON sts.athlete_parameter TO sts_ingest;
GRANT SELECT, INSERT, DELETE ON sts.athlete_parameter TO sts_api;
GRANT SELECT, INSERT, UPDATE (value, in_force, seen_at, state, decided_at, decided_by) ON sts.parameter_proposal TO sts_api;

ALTER TABLE sts.athlete_parameter ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.parameter_proposal ENABLE ROW LEVEL SECURITY;
CREATE POLICY ingest_reads ON sts.athlete_parameter FOR SELECT TO sts_ingest USING (true);
CREATE POLICY sees ON sts.athlete_parameter FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY adds ON sts.athlete_parameter FOR INSERT TO sts_api WITH CHECK (
    sts.may_see_athlete(athlete_id) AND (SELECT sts.asking_role()) IN ('admin', 'director', 'coach', 'trainer'));
CREATE POLICY removes ON sts.athlete_parameter FOR DELETE TO sts_api USING (
    sts.may_see_athlete(athlete_id) AND (SELECT sts.asking_role()) IN ('admin', 'director', 'coach', 'trainer'));

-- A proposal is made in the name of whoever has a session computed, an athlete too; decided by those who train him or her.
CREATE POLICY sees ON sts.parameter_proposal FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY adds ON sts.parameter_proposal FOR INSERT TO sts_api WITH CHECK (sts.may_see_athlete(athlete_id) AND state = 'open');
CREATE POLICY changes ON sts.parameter_proposal FOR UPDATE TO sts_api USING (sts.may_see_athlete(athlete_id))
    WITH CHECK (sts.may_see_athlete(athlete_id)
                AND (state = 'open' OR (SELECT sts.asking_role()) IN ('admin', 'director', 'coach', 'trainer')));
