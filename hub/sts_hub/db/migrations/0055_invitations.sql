-- Invitations: who has the code of one becomes somebody of the club, once, until it ends. Only the SHA-256 of a code is here; it
-- is random and long.

-- From when to when an account is given a team.
ALTER TABLE sts.account_team ADD during tstzrange NOT NULL DEFAULT '(,)' CHECK (NOT isempty(during));

CREATE TABLE sts.invitation (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id     uuid NOT NULL REFERENCES sts.club,
    role        text NOT NULL CHECK (role IN ('admin', 'director', 'coach', 'trainer', 'athlete', 'technician', 'guardian')),
    team_id     uuid,
    during      tstzrange NOT NULL DEFAULT '(,)' CHECK (NOT isempty(during)),
    athlete_id  uuid,
    email       text CHECK (length(email) BETWEEN 3 AND 254),
    asks        jsonb NOT NULL DEFAULT '[]',
    hash        bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    made_by     uuid NOT NULL,
    made_at     timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    accepted_at timestamptz,
    accepted_by uuid,
    FOREIGN KEY (team_id, club_id) REFERENCES sts.team (id, club_id) ON DELETE CASCADE,
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE,
    CHECK ((role IN ('athlete', 'guardian')) = (athlete_id IS NOT NULL)),
    CHECK (role IN ('coach', 'trainer', 'technician') OR team_id IS NULL)
);
CREATE INDEX invitation_club_idx ON sts.invitation (club_id, made_at, id);

-- Who invites whom: admins everybody, directors all but admins and directors, whoever trains an athlete him or her and guardians.
CREATE FUNCTION sts.invites(p_club uuid, p_role text, p_athlete uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT p_club = sts.asking_club() AND CASE
        WHEN sts.asking_role() = 'admin' THEN true
        WHEN p_role IN ('admin', 'director') THEN false
        WHEN sts.asking_role() = 'director' THEN true
        WHEN sts.asking_role() IN ('coach', 'trainer') THEN p_athlete IS NOT NULL AND sts.may_see_athlete(p_athlete)
        ELSE false
    END
$$;

ALTER TABLE sts.invitation ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id, club_id, role, team_id, during, athlete_id, email, asks, made_by, made_at, expires_at, accepted_at, accepted_by),
      INSERT (club_id, role, team_id, during, athlete_id, email, asks, hash, made_by, expires_at), DELETE ON sts.invitation TO sts_api;
CREATE POLICY keeps ON sts.invitation TO sts_api USING (sts.invites(club_id, role, athlete_id));

-- What the holder of a code is invited to, also when it was used or has ended; no row for a code that never was one.
CREATE FUNCTION sts.invitation_of(p_hash bytea)
RETURNS TABLE (
    id uuid, club_id uuid, club text, role text, team text, athlete_id uuid, athlete text, during tstzrange, email text, asks jsonb,
    expires_at timestamptz, accepted_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT i.id, i.club_id, c.name, i.role, t.name, i.athlete_id, a.name, i.during, i.email, i.asks, i.expires_at, i.accepted_at
    FROM sts.invitation i JOIN sts.club c ON c.id = i.club_id
    LEFT JOIN sts.team t ON t.id = i.team_id LEFT JOIN sts.athlete a ON a.id = i.athlete_id
    WHERE i.hash = p_hash
$$;

-- Uses an invitation up for an account of its club and role: a team, an athlete's own account, a guardian. False when it has
-- ended, or the account does not fit.
CREATE FUNCTION sts.invitation_take(p_hash bytea, p_account uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v sts.invitation;
BEGIN
    UPDATE sts.invitation i SET accepted_at = now(), accepted_by = p_account, email = NULL
    FROM sts.account a
    WHERE i.hash = p_hash AND i.accepted_at IS NULL AND i.expires_at > now()
      AND a.id = p_account AND a.club_id = i.club_id AND a.role = i.role AND a.disabled_at IS NULL
    RETURNING i.* INTO v;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF v.team_id IS NOT NULL THEN
        INSERT INTO sts.account_team (account_id, team_id, club_id, during) VALUES (p_account, v.team_id, v.club_id, v.during)
        ON CONFLICT (account_id, team_id) DO UPDATE SET during = excluded.during;
    ELSIF v.role = 'guardian' THEN
        INSERT INTO sts.guardian (account_id, athlete_id, club_id) VALUES (p_account, v.athlete_id, v.club_id) ON CONFLICT DO NOTHING;
    ELSIF v.role = 'athlete' THEN
        UPDATE sts.athlete SET account_id = p_account WHERE id = v.athlete_id AND account_id IS NULL;
        IF NOT FOUND THEN
            RAISE unique_violation USING MESSAGE = 'the athlete has an account', CONSTRAINT = 'athlete_account_id_key';
        END IF;
    END IF;
    RETURN true;
END $$;

-- A new account by an invitation, of its club and role, with the address that it was sent to if it was; null when it has ended.
CREATE FUNCTION sts.invitation_join(p_hash bytea, p_email text, p_name text, p_password_hash text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_account uuid;
BEGIN
    INSERT INTO sts.account (club_id, email, name, role, password_hash)
    SELECT i.club_id, coalesce(i.email, p_email), p_name, i.role, p_password_hash FROM sts.invitation i
    WHERE i.hash = p_hash AND i.accepted_at IS NULL AND i.expires_at > now() FOR UPDATE
    RETURNING id INTO v_account;
    IF v_account IS NULL OR NOT sts.invitation_take(p_hash, v_account) THEN
        RETURN NULL;
    END IF;
    RETURN v_account;
END $$;

-- The same by somebody who is signed in.
CREATE FUNCTION sts.invitation_accept(p_hash bytea) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT sts.invitation_take(p_hash, sts.asking_account())
$$;

REVOKE EXECUTE ON FUNCTION sts.invites, sts.invitation_of, sts.invitation_take, sts.invitation_join, sts.invitation_accept FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.invites, sts.invitation_of, sts.invitation_join, sts.invitation_accept TO sts_api;

-- A team counts for an account in its time alone.
CREATE OR REPLACE FUNCTION sts.asking_teams() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT coalesce(array_agg(team_id), '{}') FROM sts.account_team
    WHERE account_id = sts.asking_account() AND club_id = sts.asking_club() AND during @> now()
$$;

CREATE OR REPLACE FUNCTION sts.login_of(p_token_hash bytea, p_idle interval)
RETURNS TABLE (
    account_id uuid, club_id uuid, club_name text, role text, email text, name text, teams uuid[], wards uuid[], stale boolean,
    owes boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, a.club_id, c.name, a.role, a.email, a.name,
           ARRAY(SELECT t.team_id FROM sts.account_team t WHERE t.account_id = a.id AND t.during @> now()
                 UNION SELECT p.team_id FROM sts.athlete p WHERE p.account_id = a.id
                 UNION SELECT w.team_id FROM sts.wards_of(a.id) w),
           ARRAY(SELECT w.athlete_id FROM sts.wards_of(a.id) w),
           l.last_seen_at < now() - interval '1 minute',
           a.role = ANY (c.strong_roles) AND NOT l.strong
    FROM sts.login l JOIN sts.account a ON a.id = l.account_id JOIN sts.club c ON c.id = a.club_id
    WHERE l.token_hash = p_token_hash AND l.expires_at > now() AND l.last_seen_at > now() - p_idle
      AND a.disabled_at IS NULL
$$;

CREATE OR REPLACE FUNCTION sts.token_of(p_hash bytea)
RETURNS TABLE (
    account_id uuid, club_id uuid, club_name text, role text, email text, name text, teams uuid[], wards uuid[],
    scopes text[], stale boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, a.club_id, c.name, a.role, a.email, a.name,
           ARRAY(SELECT t.team_id FROM sts.account_team t WHERE t.account_id = a.id AND t.during @> now()
                 UNION SELECT p.team_id FROM sts.athlete p WHERE p.account_id = a.id
                 UNION SELECT w.team_id FROM sts.wards_of(a.id) w),
           ARRAY(SELECT w.athlete_id FROM sts.wards_of(a.id) w),
           k.scopes, k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute'
    FROM sts.access_token k JOIN sts.account a ON a.id = k.account_id JOIN sts.club c ON c.id = a.club_id
    WHERE k.hash = p_hash AND k.expires_at > now() AND a.disabled_at IS NULL
$$;
