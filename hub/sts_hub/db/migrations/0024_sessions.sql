-- Sessions: what a team plans and does, who takes part, and what happened when, as the people beside the pitch tell it.
-- Nothing here touches a sample; a border corrected later changes what is counted, not what was measured.

CREATE TABLE sts.session (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id      uuid NOT NULL,
    team_id      uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('training', 'match', 'test')),
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    planned_from timestamptz NOT NULL,
    planned_to   timestamptz CHECK (planned_to > planned_from),
    started_at   timestamptz,
    ended_at     timestamptz CHECK (ended_at > started_at),
    live_data    bool NOT NULL DEFAULT true,
    notes        text NOT NULL DEFAULT '' CHECK (length(notes) <= 4000),
    plan         jsonb NOT NULL DEFAULT '[]',             -- phases as planned: name, minutes, group
    CHECK (ended_at IS NULL OR started_at IS NOT NULL),
    UNIQUE (id, club_id),
    FOREIGN KEY (team_id, club_id) REFERENCES sts.team (id, club_id)
);
CREATE INDEX session_team_idx ON sts.session (team_id, planned_from);

CREATE TABLE sts.session_template (
    id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id uuid NOT NULL,
    team_id uuid NOT NULL,
    kind    text NOT NULL CHECK (kind IN ('training', 'match', 'test')),
    name    text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    plan    jsonb NOT NULL DEFAULT '[]',
    FOREIGN KEY (team_id, club_id) REFERENCES sts.team (id, club_id),
    CONSTRAINT session_template_name UNIQUE (team_id, name)
);

-- The roster. squad: the group within the session ("keepers", "A").
CREATE TABLE sts.session_athlete (
    session_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    club_id    uuid NOT NULL,
    squad      text CHECK (length(squad) BETWEEN 1 AND 40),
    PRIMARY KEY (session_id, athlete_id),
    FOREIGN KEY (session_id, club_id) REFERENCES sts.session (id, club_id) ON DELETE CASCADE,
    CONSTRAINT session_athlete_of_club FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE
);
CREATE INDEX session_athlete_idx ON sts.session_athlete (athlete_id);

CREATE TABLE sts.session_phase (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL REFERENCES sts.session ON DELETE CASCADE,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    UNIQUE (id, session_id)
);
CREATE INDEX session_phase_idx ON sts.session_phase (session_id);

-- Who was in a phase from when to when: an athlete is in one phase at a time. ended_by: the phase whose beginning cut this
-- one short; when that one is undone, this one goes on.
CREATE TABLE sts.phase_athlete (
    phase_id   uuid NOT NULL,
    session_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    during     tstzrange NOT NULL CONSTRAINT phase_lasts CHECK (NOT isempty(during) AND lower(during) IS NOT NULL),
    ended_by   uuid REFERENCES sts.session_phase ON DELETE SET NULL,
    PRIMARY KEY (phase_id, athlete_id),
    FOREIGN KEY (phase_id, session_id) REFERENCES sts.session_phase (id, session_id) ON DELETE CASCADE,
    FOREIGN KEY (session_id, athlete_id) REFERENCES sts.session_athlete ON DELETE CASCADE,
    CONSTRAINT phase_one_at_a_time EXCLUDE USING gist (session_id WITH =, athlete_id WITH =, during WITH &&)
);
CREATE INDEX phase_athlete_ended_idx ON sts.phase_athlete (ended_by);

CREATE TABLE sts.session_marker (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL REFERENCES sts.session ON DELETE CASCADE,
    athlete_id uuid,                                      -- null: of the whole team
    at         timestamptz NOT NULL,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    FOREIGN KEY (session_id, athlete_id) REFERENCES sts.session_athlete ON DELETE CASCADE
);
CREATE INDEX session_marker_idx ON sts.session_marker (session_id, at);

-- Each state holds from its time until the athlete's next one, so it can neither overlap nor leave a hole.
CREATE TABLE sts.session_play (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    at         timestamptz NOT NULL,
    state      text NOT NULL CHECK (state IN ('in_play', 'bench', 'unavailable')),
    FOREIGN KEY (session_id, athlete_id) REFERENCES sts.session_athlete ON DELETE CASCADE,
    CONSTRAINT session_play_once UNIQUE (session_id, athlete_id, at)
);

GRANT SELECT, INSERT, DELETE,
      UPDATE (kind, name, planned_from, planned_to, started_at, ended_at, live_data, notes, plan) ON sts.session TO sts_api;
GRANT SELECT, INSERT, DELETE, UPDATE (kind, name, plan) ON sts.session_template TO sts_api;
GRANT SELECT, INSERT, DELETE, UPDATE (squad) ON sts.session_athlete TO sts_api;
GRANT SELECT, INSERT, DELETE, UPDATE (name) ON sts.session_phase TO sts_api;
GRANT SELECT, INSERT, DELETE, UPDATE (during, ended_by) ON sts.phase_athlete TO sts_api;
GRANT SELECT, INSERT, DELETE ON sts.session_marker, sts.session_play TO sts_api;

ALTER TABLE sts.session ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.session_template ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.session_athlete ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.session_phase ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.phase_athlete ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.session_marker ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.session_play ENABLE ROW LEVEL SECURITY;

-- Whoever sees a team sees its sessions and templates, but for technicians; who trains it changes them.
CREATE FUNCTION sts.trains() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE RETURN sts.asking_role() IN ('admin', 'director', 'coach', 'trainer');
REVOKE EXECUTE ON FUNCTION sts.trains FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.trains TO sts_api;

CREATE POLICY sees ON sts.session FOR SELECT TO sts_api USING (
    (SELECT sts.asking_role()) <> 'technician' AND EXISTS (SELECT FROM sts.team t WHERE t.id = team_id));
CREATE POLICY trains ON sts.session TO sts_api USING (
    (SELECT sts.trains()) AND EXISTS (SELECT FROM sts.team t WHERE t.id = team_id));
CREATE POLICY sees ON sts.session_template FOR SELECT TO sts_api USING (
    (SELECT sts.asking_role()) <> 'technician' AND EXISTS (SELECT FROM sts.team t WHERE t.id = team_id));
CREATE POLICY trains ON sts.session_template TO sts_api USING (
    (SELECT sts.trains()) AND EXISTS (SELECT FROM sts.team t WHERE t.id = team_id));

-- What is said of an athlete in a session follows the athlete, and is written by those who train the team.
CREATE POLICY sees ON sts.session_athlete FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY trains ON sts.session_athlete TO sts_api USING (
    (SELECT sts.trains()) AND sts.may_see_athlete(athlete_id) AND EXISTS (SELECT FROM sts.session s WHERE s.id = session_id));
CREATE POLICY sees ON sts.session_phase FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.session s WHERE s.id = session_id));
CREATE POLICY trains ON sts.session_phase TO sts_api USING (
    (SELECT sts.trains()) AND EXISTS (SELECT FROM sts.session s WHERE s.id = session_id));
CREATE POLICY sees ON sts.phase_athlete FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY trains ON sts.phase_athlete TO sts_api USING (
    (SELECT sts.trains()) AND sts.may_see_athlete(athlete_id) AND EXISTS (SELECT FROM sts.session s WHERE s.id = session_id));
CREATE POLICY sees ON sts.session_marker FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.session s WHERE s.id = session_id) AND (athlete_id IS NULL OR sts.may_see_athlete(athlete_id)));
CREATE POLICY trains ON sts.session_marker TO sts_api USING (
    (SELECT sts.trains()) AND EXISTS (SELECT FROM sts.session s WHERE s.id = session_id)
    AND (athlete_id IS NULL OR sts.may_see_athlete(athlete_id)));
CREATE POLICY sees ON sts.session_play FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY trains ON sts.session_play TO sts_api USING (
    (SELECT sts.trains()) AND sts.may_see_athlete(athlete_id) AND EXISTS (SELECT FROM sts.session s WHERE s.id = session_id));
