-- Alerts: rules of a team over what is measured, and each time that one spoke up.
CREATE TABLE sts.alert_rule (
    id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id uuid NOT NULL,
    team_id uuid NOT NULL,
    what    text NOT NULL CHECK (what IN ('body', 'quality')),
    rule    jsonb NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (id, club_id, team_id),
    FOREIGN KEY (team_id, club_id) REFERENCES sts.team (id, club_id) ON DELETE CASCADE
);
CREATE INDEX alert_rule_team_idx ON sts.alert_rule (team_id);

-- Every API process watches all that is live, so the id follows from the rule, the athlete and the time: whoever finds it
-- first writes it, and all tell the same.
CREATE TABLE sts.alert (
    id              uuid PRIMARY KEY,
    club_id         uuid NOT NULL,
    team_id         uuid NOT NULL,
    rule_id         uuid NOT NULL,
    athlete_id      uuid,
    what            text NOT NULL CHECK (what IN ('body', 'quality')),
    colour          text NOT NULL CHECK (colour IN ('yellow', 'orange', 'red')),
    text            text NOT NULL,
    at              timestamptz NOT NULL,
    since           timestamptz NOT NULL,
    raised_at       timestamptz NOT NULL DEFAULT now(),
    late            boolean NOT NULL,
    muted           boolean NOT NULL,
    escalates_at    timestamptz,
    escalated_at    timestamptz,
    acknowledged_by uuid,
    acknowledged_at timestamptz,
    note            text CHECK (length(note) <= 500),
    FOREIGN KEY (rule_id, club_id, team_id) REFERENCES sts.alert_rule (id, club_id, team_id) ON DELETE CASCADE,
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE
);
CREATE INDEX alert_team_idx ON sts.alert (team_id, raised_at, id);
CREATE INDEX alert_rule_idx ON sts.alert (rule_id, athlete_id, at);

CREATE TABLE sts.alert_mute (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    rule_id    uuid NOT NULL REFERENCES sts.alert_rule ON DELETE CASCADE,
    athlete_id uuid REFERENCES sts.athlete ON DELETE CASCADE,
    until      timestamptz NOT NULL,
    made_by    uuid NOT NULL
);
CREATE INDEX alert_mute_idx ON sts.alert_mute (rule_id, until);

-- Clubs that have a rule to watch: the process that watches then asks in each one's name.
CREATE FUNCTION sts.watched_clubs() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT DISTINCT club_id FROM sts.alert_rule WHERE enabled
$$;
REVOKE EXECUTE ON FUNCTION sts.watched_clubs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.watched_clubs TO sts_api;

GRANT SELECT, INSERT, DELETE, UPDATE (rule, what, enabled) ON sts.alert_rule TO sts_api;
GRANT SELECT, INSERT, UPDATE (escalated_at, acknowledged_by, acknowledged_at, note) ON sts.alert TO sts_api;
GRANT SELECT, INSERT, DELETE ON sts.alert_mute TO sts_api;
ALTER TABLE sts.alert_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.alert ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.alert_mute ENABLE ROW LEVEL SECURITY;

-- Whoever trains a team: its rules, and what they said.
CREATE FUNCTION sts.trains_team(p_club uuid, p_team uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT p_club = sts.asking_club() AND CASE sts.asking_role()
        WHEN 'admin' THEN true
        WHEN 'director' THEN true
        WHEN 'coach' THEN p_team = ANY (sts.asking_teams())
        WHEN 'trainer' THEN p_team = ANY (sts.asking_teams())
        ELSE false
    END
$$;
REVOKE EXECUTE ON FUNCTION sts.trains_team FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.trains_team TO sts_api;

CREATE POLICY sees ON sts.alert_rule FOR SELECT TO sts_api USING (sts.trains_team(club_id, team_id));
CREATE POLICY adds ON sts.alert_rule FOR INSERT TO sts_api WITH CHECK (sts.trains_team(club_id, team_id));
CREATE POLICY changes ON sts.alert_rule FOR UPDATE TO sts_api USING (sts.trains_team(club_id, team_id));
CREATE POLICY removes ON sts.alert_rule FOR DELETE TO sts_api USING (sts.trains_team(club_id, team_id));
CREATE POLICY sees ON sts.alert FOR SELECT TO sts_api USING (sts.trains_team(club_id, team_id));
CREATE POLICY adds ON sts.alert FOR INSERT TO sts_api WITH CHECK (sts.trains_team(club_id, team_id));
CREATE POLICY changes ON sts.alert FOR UPDATE TO sts_api USING (sts.trains_team(club_id, team_id));
CREATE POLICY sees ON sts.alert_mute FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.alert_rule r WHERE r.id = rule_id));
CREATE POLICY adds ON sts.alert_mute FOR INSERT TO sts_api WITH CHECK (
    EXISTS (SELECT FROM sts.alert_rule r WHERE r.id = rule_id));
CREATE POLICY removes ON sts.alert_mute FOR DELETE TO sts_api USING (
    EXISTS (SELECT FROM sts.alert_rule r WHERE r.id = rule_id));
