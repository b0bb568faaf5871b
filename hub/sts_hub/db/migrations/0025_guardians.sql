-- Guardians: an account of the role guardian stands for the athletes it is given, until each is of age. Whether it still
-- does is asked anew each time, so nobody has to end it on the birthday.

ALTER TABLE sts.account DROP CONSTRAINT account_role_check;
ALTER TABLE sts.account ADD CONSTRAINT account_role_check
    CHECK (role IN ('admin', 'director', 'coach', 'trainer', 'athlete', 'technician', 'guardian'));

ALTER TABLE sts.athlete ADD birth_date date CHECK (birth_date >= '1900-01-01');
GRANT UPDATE (birth_date) ON sts.athlete TO sts_api;

CREATE TABLE sts.guardian (
    account_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    club_id    uuid NOT NULL,
    PRIMARY KEY (athlete_id, account_id),
    FOREIGN KEY (account_id, club_id) REFERENCES sts.account (id, club_id) ON DELETE CASCADE,
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE
);
CREATE INDEX guardian_account_idx ON sts.guardian (account_id);

-- The first day of being of age: who was born on 29 February is so on 1 March.
CREATE FUNCTION sts.of_age(p_birth date) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (p_birth + interval '18 years')::date + (extract(month FROM p_birth) = 2 AND extract(day FROM p_birth) = 29)::int;

-- The athletes whom an account stands for now.
CREATE FUNCTION sts.wards_of(p_account uuid) RETURNS TABLE (athlete_id uuid, team_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, a.team_id
    FROM sts.guardian g JOIN sts.athlete a ON a.id = g.athlete_id JOIN sts.account c ON c.id = g.account_id
    WHERE g.account_id = p_account AND c.role = 'guardian' AND (now() AT TIME ZONE 'UTC')::date < sts.of_age(a.birth_date)
$$;

-- The athletes whom whoever is asking stands for.
CREATE FUNCTION sts.asking_wards() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT coalesce(array_agg(w.athlete_id), '{}') FROM sts.wards_of(sts.asking_account()) w
    WHERE sts.asking_role() = 'guardian'
$$;

-- The rule for people once more, for one who is known by id: what sees_person says, or who stands for the athlete.
CREATE OR REPLACE FUNCTION sts.may_see_athlete(p_athlete uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM sts.athlete a
        WHERE a.id = p_athlete
          AND (sts.sees_person(a.club_id, a.team_id, a.account_id) OR a.id = ANY (sts.asking_wards()))
    )
$$;

-- Who holds this token, with the teams given to the account or, for an athlete or a guardian, those of the athletes; and
-- the athletes whom a guardian stands for. No row when it has ended. `stale`: last_seen_at is older than a minute.
DROP FUNCTION sts.login_of(bytea, interval);
CREATE FUNCTION sts.login_of(p_token_hash bytea, p_idle interval)
RETURNS TABLE (
    account_id uuid, club_id uuid, club_name text, role text, email text, name text, teams uuid[], wards uuid[], stale boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, a.club_id, c.name, a.role, a.email, a.name,
           ARRAY(SELECT t.team_id FROM sts.account_team t WHERE t.account_id = a.id
                 UNION SELECT p.team_id FROM sts.athlete p WHERE p.account_id = a.id
                 UNION SELECT w.team_id FROM sts.wards_of(a.id) w),
           ARRAY(SELECT w.athlete_id FROM sts.wards_of(a.id) w),
           l.last_seen_at < now() - interval '1 minute'
    FROM sts.login l JOIN sts.account a ON a.id = l.account_id JOIN sts.club c ON c.id = a.club_id
    WHERE l.token_hash = p_token_hash AND l.expires_at > now() AND l.last_seen_at > now() - p_idle
      AND a.disabled_at IS NULL
$$;

-- The guardians of an athlete, by name, for whoever sees the athlete.
CREATE FUNCTION sts.guardians_of(p_athlete uuid)
RETURNS TABLE (account_id uuid, name text, until date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT c.id, c.name, sts.of_age(a.birth_date)
    FROM sts.guardian g JOIN sts.account c ON c.id = g.account_id JOIN sts.athlete a ON a.id = g.athlete_id
    WHERE g.athlete_id = p_athlete AND sts.may_see_athlete(p_athlete)
    ORDER BY c.name, c.id
$$;

REVOKE EXECUTE ON FUNCTION sts.of_age, sts.wards_of, sts.asking_wards, sts.login_of, sts.guardians_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.of_age, sts.asking_wards, sts.login_of, sts.guardians_of TO sts_api;

ALTER TABLE sts.guardian ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE ON sts.guardian TO sts_api;
CREATE POLICY sees ON sts.guardian FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY adds ON sts.guardian FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'director'));
CREATE POLICY removes ON sts.guardian FOR DELETE TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'director'));

ALTER POLICY sees ON sts.athlete USING (
    club_id = (SELECT sts.asking_club())
    AND (sts.sees_person(club_id, team_id, account_id) OR id = ANY ((SELECT sts.asking_wards())::uuid[])));
ALTER POLICY sees ON sts.team USING (
    club_id = (SELECT sts.asking_club()) AND CASE (SELECT sts.asking_role())
        WHEN 'admin' THEN true
        WHEN 'director' THEN true
        WHEN 'athlete' THEN id = (SELECT sts.asking_own_team())
        WHEN 'guardian' THEN EXISTS (
            SELECT FROM sts.athlete a WHERE a.team_id = team.id AND a.id = ANY ((SELECT sts.asking_wards())::uuid[]))
        ELSE id = ANY ((SELECT sts.asking_teams())::uuid[])
    END);

-- Consent: who gave it (an athlete, a guardian, or on paper, which staff recorded) and who entered it. What was given for a
-- minor by somebody else ends on the day of being of age, when the athlete is asked.
ALTER TABLE sts.consent ADD given_by text NOT NULL DEFAULT 'paper' CHECK (given_by IN ('athlete', 'guardian', 'paper'));
ALTER TABLE sts.consent ADD entered_by uuid;

-- On the wall, too.
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
    WHERE a.club_id = sts.asking_club()
      AND (sts.sees_person(a.club_id, a.team_id, a.account_id) OR a.id = ANY (sts.asking_wards()))
    ORDER BY a.number NULLS LAST, a.id, s.kind <> 'heart_rate', s.id
$$;

-- A guardian enters no licence, as an athlete does not.
ALTER POLICY adds ON sts.athlete_listing WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) NOT IN ('athlete', 'guardian')
    AND sts.may_see_athlete(athlete_id));
ALTER POLICY changes ON sts.athlete_listing USING (
    (SELECT sts.asking_role()) NOT IN ('athlete', 'guardian') AND sts.may_see_athlete(athlete_id));
