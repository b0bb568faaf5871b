-- People, places and things: who is asking, who trains where, which sensor is whose, and who wore it when.
--
-- Walls. The API decides with one policy function; the row-level security below is the second wall behind it and says the
-- same in SQL. The API sets three settings at the start of every transaction:
--
--     sts.account_id   who is asking
--     sts.club_id      the club of that account (the club is the tenant)
--     sts.role         admin | director | coach | trainer | athlete | technician
--
-- Without them nothing is visible. Functions marked SECURITY DEFINER run as the owner, whom the policies do not bind; each
-- checks for itself or is about the sign-in, before anybody is known.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE sts.club (
    id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 120)
);

CREATE TABLE sts.team (
    id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id uuid NOT NULL REFERENCES sts.club,
    name    text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    UNIQUE (club_id, name),
    UNIQUE (id, club_id)
);

CREATE TABLE sts.account (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id       uuid NOT NULL REFERENCES sts.club,
    email         text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    role          text NOT NULL CHECK (role IN ('admin', 'director', 'coach', 'trainer', 'athlete', 'technician')),
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz,
    UNIQUE (id, club_id)
);
CREATE UNIQUE INDEX account_email_key ON sts.account (lower(email));

-- The teams of a coach, a trainer or a technician. The club's id stands here so that a team of another club cannot be given.
CREATE TABLE sts.account_team (
    account_id uuid NOT NULL,
    team_id    uuid NOT NULL,
    club_id    uuid NOT NULL,
    PRIMARY KEY (account_id, team_id),
    FOREIGN KEY (account_id, club_id) REFERENCES sts.account (id, club_id) ON DELETE CASCADE,
    FOREIGN KEY (team_id, club_id) REFERENCES sts.team (id, club_id) ON DELETE CASCADE
);

-- A signed-in browser. Only the SHA-256 of the cookie is kept: who reads this table can sign in as nobody.
CREATE TABLE sts.login (
    token_hash   bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    account_id   uuid NOT NULL REFERENCES sts.account ON DELETE CASCADE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX login_account_idx ON sts.login (account_id);

CREATE TABLE sts.athlete (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id    uuid NOT NULL,
    team_id    uuid NOT NULL,
    number     int CHECK (number BETWEEN 0 AND 9999),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    hr_max     int CHECK (hr_max BETWEEN 100 AND 250),
    account_id uuid UNIQUE,
    UNIQUE (id, club_id),
    FOREIGN KEY (team_id, club_id) REFERENCES sts.team (id, club_id),
    FOREIGN KEY (account_id, club_id) REFERENCES sts.account (id, club_id)
);
CREATE INDEX athlete_team_idx ON sts.athlete (team_id);
CREATE INDEX athlete_club_idx ON sts.athlete (club_id);

-- Consent counts at the time of measurement. The purpose 'monitoring' is the one without which no value is stored or shown.
-- A withdrawal closes the range; it never removes the row, because what was measured under it stays lawful.
CREATE TABLE sts.consent (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    athlete_id uuid NOT NULL REFERENCES sts.athlete ON DELETE CASCADE,
    purpose    text NOT NULL CHECK (purpose ~ '^[a-z][a-z_]{2,39}$'),
    version    text NOT NULL CHECK (length(version) BETWEEN 1 AND 40),
    during     tstzrange NOT NULL CHECK (NOT isempty(during) AND lower(during) IS NOT NULL),
    CONSTRAINT consent_once EXCLUDE USING gist (athlete_id WITH =, purpose WITH =, during WITH &&)
);

CREATE TABLE sts.gateway (
    name     text PRIMARY KEY CHECK (name ~ '^[a-z0-9-]{3,40}$'),
    club_id  uuid NOT NULL REFERENCES sts.club,
    site     text NOT NULL CHECK (length(site) BETWEEN 1 AND 120),
    added_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX gateway_club_idx ON sts.gateway (club_id);

CREATE TABLE sts.sensor (
    id         int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    club_id    uuid NOT NULL REFERENCES sts.club,
    address    text NOT NULL CHECK (length(address) BETWEEN 1 AND 120),
    kind       text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]{1,39}$'),
    label      text NOT NULL CHECK (length(label) BETWEEN 1 AND 40),
    added_at   timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz,
    UNIQUE (club_id, address),
    UNIQUE (id, club_id)
);

-- Who wore a sensor from when to when. Nothing else ties a sample to a person, so a strap given to the wrong athlete is
-- repaired by changing one row. A sensor is on one athlete at a time; the constraint keeps it so under concurrency too.
CREATE TABLE sts.assignment (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id    uuid NOT NULL,
    sensor_id  int NOT NULL,
    athlete_id uuid NOT NULL,
    during     tstzrange NOT NULL CHECK (NOT isempty(during) AND lower(during) IS NOT NULL),
    FOREIGN KEY (sensor_id, club_id) REFERENCES sts.sensor (id, club_id),
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE,
    CONSTRAINT assignment_one_wearer EXCLUDE USING gist (sensor_id WITH =, during WITH &&)
);
CREATE INDEX assignment_athlete_idx ON sts.assignment USING gist (athlete_id, during);

-- An assignment may be written without its club: the athlete's is meant (the foreign keys then check the sensor's).
CREATE FUNCTION sts.assignment_club() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    NEW.club_id := (SELECT a.club_id FROM sts.athlete a WHERE a.id = NEW.athlete_id);
    RETURN NEW;
END $$;
CREATE TRIGGER assignment_club BEFORE INSERT OR UPDATE OF athlete_id, sensor_id, club_id ON sts.assignment
    FOR EACH ROW EXECUTE FUNCTION sts.assignment_club();

-- ---------------------------------------------------------------------------------------------------------------------
-- Who is asking

CREATE FUNCTION sts.asking_account() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE RETURN nullif(current_setting('sts.account_id', true), '')::uuid;

CREATE FUNCTION sts.asking_club() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE RETURN nullif(current_setting('sts.club_id', true), '')::uuid;

CREATE FUNCTION sts.asking_role() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE RETURN coalesce(current_setting('sts.role', true), '');

-- The teams given to whoever is asking.
CREATE FUNCTION sts.asking_teams() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT coalesce(array_agg(team_id), '{}') FROM sts.account_team
    WHERE account_id = sts.asking_account() AND club_id = sts.asking_club()
$$;

-- The rule for people, in one place: a club's admins and directors see all of its athletes, coaches and trainers those of
-- their teams, an athlete himself or herself; a technician sees none.
CREATE FUNCTION sts.sees_person(p_club uuid, p_team uuid, p_account uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT p_club = sts.asking_club() AND CASE sts.asking_role()
        WHEN 'admin' THEN true
        WHEN 'director' THEN true
        WHEN 'coach' THEN p_team = ANY (sts.asking_teams())
        WHEN 'trainer' THEN p_team = ANY (sts.asking_teams())
        WHEN 'athlete' THEN coalesce(p_account = sts.asking_account(), false)
        ELSE false
    END
$$;

-- The same rule for an athlete known by id; false for one who does not exist.
CREATE FUNCTION sts.may_see_athlete(p_athlete uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM sts.athlete a
        WHERE a.id = p_athlete AND sts.sees_person(a.club_id, a.team_id, a.account_id)
    )
$$;

-- The team of the athlete who is asking (an athlete sees his or her own team's name, nobody else in it).
CREATE FUNCTION sts.asking_own_team() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT team_id FROM sts.athlete WHERE account_id = sts.asking_account()
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Sign-in: before anybody is known. The API may call these; it cannot read sts.login or a password hash by itself.

CREATE FUNCTION sts.account_signing_in(p_email text)
RETURNS TABLE (account_id uuid, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT id, password_hash FROM sts.account WHERE lower(email) = lower(p_email) AND disabled_at IS NULL
$$;

-- Opens a login, unless the password was changed or the account disabled while it was being checked.
CREATE FUNCTION sts.login_open(p_token_hash bytea, p_account uuid, p_password_hash text, p_lasts interval) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH opened AS (
        INSERT INTO sts.login (token_hash, account_id, expires_at)
        SELECT p_token_hash, id, now() + p_lasts FROM sts.account
        WHERE id = p_account AND password_hash = p_password_hash AND disabled_at IS NULL
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM opened)
$$;

-- Who holds this token, with the teams given to the account or, for an athlete, the own one; no row when it has ended.
-- `stale` says that last_seen_at is older than a minute and wants an update.
CREATE FUNCTION sts.login_of(p_token_hash bytea, p_idle interval)
RETURNS TABLE (
    account_id uuid, club_id uuid, club_name text, role text, email text, name text, teams uuid[], stale boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, a.club_id, c.name, a.role, a.email, a.name,
           ARRAY(SELECT t.team_id FROM sts.account_team t WHERE t.account_id = a.id
                 UNION SELECT p.team_id FROM sts.athlete p WHERE p.account_id = a.id),
           l.last_seen_at < now() - interval '1 minute'
    FROM sts.login l JOIN sts.account a ON a.id = l.account_id JOIN sts.club c ON c.id = a.club_id
    WHERE l.token_hash = p_token_hash AND l.expires_at > now() AND l.last_seen_at > now() - p_idle
      AND a.disabled_at IS NULL
$$;

CREATE FUNCTION sts.login_seen(p_token_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.login SET last_seen_at = now() WHERE token_hash = p_token_hash
$$;

CREATE FUNCTION sts.login_close(p_token_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    DELETE FROM sts.login WHERE token_hash = p_token_hash
$$;

-- Logins that ran out; called now and then by whoever signs in, so that the table does not grow.
CREATE FUNCTION sts.login_sweep() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    DELETE FROM sts.login WHERE expires_at < now()
$$;

-- A new role, a new password and being disabled end every login of the account, whoever makes the change and by whatever way.
CREATE FUNCTION sts.account_logins_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    DELETE FROM sts.login WHERE account_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER account_logins_end AFTER UPDATE ON sts.account FOR EACH ROW
    WHEN (OLD.role IS DISTINCT FROM NEW.role OR OLD.password_hash IS DISTINCT FROM NEW.password_hash
          OR (NEW.disabled_at IS NOT NULL AND OLD.disabled_at IS NULL))
    EXECUTE FUNCTION sts.account_logins_end();

-- Every ended login is told on a channel, so that the live streams opened with it stop at once in every API process.
CREATE FUNCTION sts.login_ended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    PERFORM pg_notify('sts_login_ended', encode(OLD.token_hash, 'hex'));
    RETURN NULL;
END $$;
CREATE TRIGGER login_ended AFTER DELETE ON sts.login FOR EACH ROW EXECUTE FUNCTION sts.login_ended();

-- ---------------------------------------------------------------------------------------------------------------------
-- Rights and walls

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA sts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    sts.asking_account(), sts.asking_club(), sts.asking_role(), sts.asking_teams(), sts.asking_own_team(),
    sts.sees_person(uuid, uuid, uuid), sts.may_see_athlete(uuid),
    sts.account_signing_in(text), sts.login_open(bytea, uuid, text, interval), sts.login_of(bytea, interval),
    sts.login_seen(bytea), sts.login_close(bytea), sts.login_sweep()
TO sts_api;

-- The ingest role reads who wears what and who consents; it writes nothing here and sees no account.
GRANT SELECT ON sts.club, sts.team, sts.athlete, sts.consent, sts.gateway, sts.sensor, sts.assignment TO sts_ingest;

GRANT SELECT ON sts.club TO sts_api;
GRANT SELECT, INSERT, UPDATE (name) ON sts.team TO sts_api;
GRANT SELECT (id, club_id, email, name, role, created_at, disabled_at),
      INSERT (club_id, email, name, role, password_hash),
      UPDATE (name, role, password_hash, disabled_at) ON sts.account TO sts_api;
GRANT SELECT, INSERT, DELETE ON sts.account_team TO sts_api;
GRANT SELECT, INSERT, UPDATE (team_id, number, name, hr_max, account_id) ON sts.athlete TO sts_api;
GRANT SELECT, INSERT, UPDATE (during) ON sts.consent TO sts_api;
GRANT SELECT, UPDATE (site) ON sts.gateway TO sts_api;
GRANT SELECT, INSERT, UPDATE (kind, label, retired_at) ON sts.sensor TO sts_api;
GRANT SELECT, INSERT, UPDATE (club_id, athlete_id, during), DELETE ON sts.assignment TO sts_api;

ALTER TABLE sts.club ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.team ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.account ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.account_team ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.login ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.athlete ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.gateway ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.sensor ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.assignment ENABLE ROW LEVEL SECURITY;

CREATE POLICY ingest_reads ON sts.club FOR SELECT TO sts_ingest USING (true);
CREATE POLICY ingest_reads ON sts.team FOR SELECT TO sts_ingest USING (true);
CREATE POLICY ingest_reads ON sts.athlete FOR SELECT TO sts_ingest USING (true);
CREATE POLICY ingest_reads ON sts.consent FOR SELECT TO sts_ingest USING (true);
CREATE POLICY ingest_reads ON sts.gateway FOR SELECT TO sts_ingest USING (true);
CREATE POLICY ingest_reads ON sts.sensor FOR SELECT TO sts_ingest USING (true);
CREATE POLICY ingest_reads ON sts.assignment FOR SELECT TO sts_ingest USING (true);

-- Clubs: one's own.
CREATE POLICY own_club ON sts.club FOR SELECT TO sts_api USING (id = (SELECT sts.asking_club()));

-- Teams: admins and directors all of the club's, an athlete the own one, everybody else those given to the account.
CREATE POLICY sees ON sts.team FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND CASE (SELECT sts.asking_role())
        WHEN 'admin' THEN true
        WHEN 'director' THEN true
        WHEN 'athlete' THEN id = (SELECT sts.asking_own_team())
        ELSE id = ANY ((SELECT sts.asking_teams())::uuid[])
    END);
CREATE POLICY adds ON sts.team FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'director'));
CREATE POLICY changes ON sts.team FOR UPDATE TO sts_api
    USING (club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'director'));

-- Accounts: admins and directors see those of the club, everybody his or her own; admins make and change them.
CREATE POLICY sees ON sts.account FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club())
    AND (id = (SELECT sts.asking_account()) OR (SELECT sts.asking_role()) IN ('admin', 'director')));
CREATE POLICY adds ON sts.account FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) = 'admin');
CREATE POLICY changes ON sts.account FOR UPDATE TO sts_api USING (
    club_id = (SELECT sts.asking_club())
    AND (id = (SELECT sts.asking_account()) OR (SELECT sts.asking_role()) = 'admin'));

-- One's own account may be changed in its name and password only: who is no admin keeps role and state.
CREATE FUNCTION sts.account_keeps_role() RETURNS trigger
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
BEGIN
    IF current_user = 'sts_api' AND sts.asking_role() <> 'admin'
       AND (NEW.role, NEW.disabled_at) IS DISTINCT FROM (OLD.role, OLD.disabled_at) THEN
        RAISE insufficient_privilege USING MESSAGE = 'only an admin of the club changes roles and disables accounts';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_keeps_role BEFORE UPDATE OF role, disabled_at ON sts.account
    FOR EACH ROW EXECUTE FUNCTION sts.account_keeps_role();

CREATE POLICY sees ON sts.account_team FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club())
    AND (account_id = (SELECT sts.asking_account()) OR (SELECT sts.asking_role()) IN ('admin', 'director')));
CREATE POLICY adds ON sts.account_team FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) = 'admin');
CREATE POLICY removes ON sts.account_team FOR DELETE TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) = 'admin');

-- sts.login has no policy for the API: the functions above are the only way.

-- Athletes and their consents: the rule for people. An athlete changes nothing of the own row but decides on consent.
CREATE POLICY sees ON sts.athlete FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND sts.sees_person(club_id, team_id, account_id));
CREATE POLICY adds ON sts.athlete FOR INSERT TO sts_api WITH CHECK (
    sts.sees_person(club_id, team_id, NULL) AND (SELECT sts.asking_role()) <> 'athlete');
CREATE POLICY changes ON sts.athlete FOR UPDATE TO sts_api
    USING (sts.sees_person(club_id, team_id, NULL) AND (SELECT sts.asking_role()) <> 'athlete');

CREATE POLICY sees ON sts.consent FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY adds ON sts.consent FOR INSERT TO sts_api WITH CHECK (sts.may_see_athlete(athlete_id));
CREATE POLICY changes ON sts.consent FOR UPDATE TO sts_api USING (sts.may_see_athlete(athlete_id));

-- Gateways and sensors belong to the club; athletes have no business with them. Technicians and admins change them.
CREATE POLICY sees ON sts.gateway FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club())
    AND (SELECT sts.asking_role()) IN ('admin', 'director', 'coach', 'trainer', 'technician'));
CREATE POLICY changes ON sts.gateway FOR UPDATE TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'technician'));

CREATE POLICY sees ON sts.sensor FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club())
    AND (SELECT sts.asking_role()) IN ('admin', 'director', 'coach', 'trainer', 'technician'));
CREATE POLICY adds ON sts.sensor FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'technician'));
CREATE POLICY changes ON sts.sensor FOR UPDATE TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'technician'));

-- Assignments follow the athlete. A technician sees those of the club (ids and times, no person behind them).
CREATE POLICY sees ON sts.assignment FOR SELECT TO sts_api USING (
    sts.may_see_athlete(athlete_id)
    OR (club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) = 'technician'));
CREATE POLICY adds ON sts.assignment FOR INSERT TO sts_api WITH CHECK (
    sts.may_see_athlete(athlete_id) AND (SELECT sts.asking_role()) IN ('admin', 'director', 'coach', 'trainer'));
CREATE POLICY changes ON sts.assignment FOR UPDATE TO sts_api USING (
    sts.may_see_athlete(athlete_id) AND (SELECT sts.asking_role()) IN ('admin', 'director', 'coach', 'trainer'));
CREATE POLICY removes ON sts.assignment FOR DELETE TO sts_api USING (
    sts.may_see_athlete(athlete_id) AND (SELECT sts.asking_role()) IN ('admin', 'director', 'coach', 'trainer'));
