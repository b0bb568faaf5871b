-- The whole schema, as the migrations leave it, in one file for reading. A test builds one database from here and one
-- from the migrations, and demands no difference. Roles, extensions and the schema itself are made by `sts-hub migrate`.

-- =====================================================================================================================
-- People
-- =====================================================================================================================

-- People, places and things: who is asking, who trains where, which sensor is whose, and who wore it when.
--
-- Walls. The API decides with one policy function; the row-level security below is the second wall behind it and says the
-- same in SQL. The API sets three settings at the start of every transaction:
--
--     sts.account_id   who is asking
--     sts.club_id      the club of that account (the club is the tenant)
--     sts.role         admin | director | coach | trainer | athlete | technician | guardian
--
-- Without them nothing is visible. Functions marked SECURITY DEFINER run as the owner, whom the policies do not bind; each
-- checks for itself or is about the sign-in, before anybody is known.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE sts.club (
    id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 120),
    strong_roles text[] NOT NULL DEFAULT '{}'  -- whose logins must be strong; only admins say which
        CHECK (strong_roles <@ '{admin,director,coach,trainer,athlete,technician,guardian}')
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
    role          text NOT NULL CHECK (role IN ('admin', 'director', 'coach', 'trainer', 'athlete', 'technician', 'guardian')),
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz,
    UNIQUE (id, club_id)
);
CREATE UNIQUE INDEX account_email_key ON sts.account (lower(email));

-- The teams of a coach, a trainer or a technician, each from when to when. The club's id stands here so that a team of another club cannot be given.
CREATE TABLE sts.account_team (
    account_id uuid NOT NULL,
    team_id    uuid NOT NULL,
    club_id    uuid NOT NULL,
    during     tstzrange NOT NULL DEFAULT '(,)' CHECK (NOT isempty(during)),
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
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    id           uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    agent        text NOT NULL DEFAULT '' CHECK (length(agent) <= 200), -- the browser, as it calls itself
    way          text NOT NULL DEFAULT 'password' CHECK (length(way) <= 60),  -- 'password', 'passkey' or 'provider' with its name
    strong       boolean NOT NULL DEFAULT false  -- proved by two factors
);
CREATE INDEX login_account_idx ON sts.login (account_id);

CREATE TABLE sts.athlete (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id    uuid NOT NULL,
    team_id    uuid NOT NULL,
    number     int CHECK (number BETWEEN 0 AND 9999),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    account_id uuid UNIQUE,
    birth_date date CHECK (birth_date >= '1900-01-01'),
    contact    text CHECK (length(contact) BETWEEN 1 AND 120),  -- how staff reach the athlete
    UNIQUE (id, club_id),
    FOREIGN KEY (team_id, club_id) REFERENCES sts.team (id, club_id),
    FOREIGN KEY (account_id, club_id) REFERENCES sts.account (id, club_id)
);
CREATE INDEX athlete_team_idx ON sts.athlete (team_id);
CREATE INDEX athlete_club_idx ON sts.athlete (club_id);

-- An account of the role guardian stands for the athletes it is given, until each is of age. Whether it still does is asked
-- anew each time, so nobody has to end it on the birthday.
CREATE TABLE sts.guardian (
    account_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    club_id    uuid NOT NULL,
    PRIMARY KEY (athlete_id, account_id),
    FOREIGN KEY (account_id, club_id) REFERENCES sts.account (id, club_id) ON DELETE CASCADE,
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE
);
CREATE INDEX guardian_account_idx ON sts.guardian (account_id);


-- Consent counts at the time of measurement. The purpose 'monitoring' is the one without which no value is stored or shown.
-- A withdrawal closes the range; it never removes the row, because what was measured under it stays lawful. What was given
-- for a minor by somebody else (a guardian, or on paper, which staff recorded) ends on the day of being of age.
CREATE TABLE sts.consent (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    athlete_id uuid NOT NULL REFERENCES sts.athlete ON DELETE CASCADE,
    purpose    text NOT NULL CHECK (purpose ~ '^[a-z][a-z_]{2,39}$'),
    version    text NOT NULL CHECK (length(version) BETWEEN 1 AND 40),
    during     tstzrange NOT NULL CHECK (NOT isempty(during) AND lower(during) IS NOT NULL),
    given_by   text NOT NULL DEFAULT 'paper' CHECK (given_by IN ('athlete', 'guardian', 'paper')),
    entered_by uuid,
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
    WHERE account_id = sts.asking_account() AND club_id = sts.asking_club() AND during @> now()
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
CREATE FUNCTION sts.may_see_athlete(p_athlete uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM sts.athlete a
        WHERE a.id = p_athlete
          AND (sts.sees_person(a.club_id, a.team_id, a.account_id) OR a.id = ANY (sts.asking_wards()))
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

-- Opens a login, unless the account was disabled meanwhile or, for one that was proved by its password, the password changed.
CREATE FUNCTION sts.login_open(
    p_token_hash bytea, p_account uuid, p_password_hash text, p_lasts interval, p_agent text, p_way text, p_strong boolean
) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH opened AS (
        INSERT INTO sts.login (token_hash, account_id, expires_at, agent, way, strong)
        SELECT p_token_hash, id, now() + p_lasts, left(p_agent, 200), p_way, p_strong FROM sts.account
        WHERE id = p_account AND password_hash = coalesce(p_password_hash, password_hash) AND disabled_at IS NULL
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM opened)
$$;

-- Who holds this token, with the teams given to the account or, for an athlete or a guardian, those of the athletes; and
-- the athletes whom a guardian stands for. No row when it has ended. `stale`: last_seen_at is older than a minute.
-- `owes`: the club asks for a second factor that this login has not shown.
CREATE FUNCTION sts.login_of(p_token_hash bytea, p_idle interval)
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

-- The guardians of an athlete, by name, for whoever sees the athlete.
CREATE FUNCTION sts.guardians_of(p_athlete uuid)
RETURNS TABLE (account_id uuid, name text, until date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT c.id, c.name, sts.of_age(a.birth_date)
    FROM sts.guardian g JOIN sts.account c ON c.id = g.account_id JOIN sts.athlete a ON a.id = g.athlete_id
    WHERE g.athlete_id = p_athlete AND sts.may_see_athlete(p_athlete)
    ORDER BY c.name, c.id
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Rights and walls

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA sts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    sts.asking_account(), sts.asking_club(), sts.asking_role(), sts.asking_teams(), sts.asking_own_team(), sts.of_age(date),
    sts.asking_wards(), sts.guardians_of(uuid),
    sts.sees_person(uuid, uuid, uuid), sts.may_see_athlete(uuid),
    sts.account_signing_in(text), sts.login_open(bytea, uuid, text, interval, text, text, boolean), sts.login_of(bytea, interval),
    sts.login_seen(bytea), sts.login_close(bytea), sts.login_sweep()
TO sts_api;

-- The ingest role reads who wears what and who consents; it writes nothing here and sees no account.
GRANT SELECT ON sts.club, sts.team, sts.athlete, sts.consent, sts.gateway, sts.sensor, sts.assignment TO sts_ingest;

GRANT SELECT, UPDATE (strong_roles) ON sts.club TO sts_api;
GRANT SELECT, INSERT, UPDATE (name) ON sts.team TO sts_api;
GRANT SELECT (id, club_id, email, name, role, created_at, disabled_at),
      INSERT (club_id, email, name, role, password_hash),
      UPDATE (name, role, password_hash, disabled_at) ON sts.account TO sts_api;
GRANT SELECT, INSERT, DELETE ON sts.account_team, sts.guardian TO sts_api;
GRANT SELECT, INSERT, UPDATE (team_id, number, name, account_id, birth_date, contact) ON sts.athlete TO sts_api;
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
ALTER TABLE sts.guardian ENABLE ROW LEVEL SECURITY;
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
CREATE POLICY changes ON sts.club FOR UPDATE TO sts_api
    USING (id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) = 'admin');

-- Teams: admins and directors all of the club's, an athlete the own one, a guardian those of the wards, everybody else those given to the account.
CREATE POLICY sees ON sts.team FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND CASE (SELECT sts.asking_role())
        WHEN 'admin' THEN true
        WHEN 'director' THEN true
        WHEN 'athlete' THEN id = (SELECT sts.asking_own_team())
        WHEN 'guardian' THEN EXISTS (
            SELECT FROM sts.athlete a WHERE a.team_id = team.id AND a.id = ANY ((SELECT sts.asking_wards())::uuid[]))
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
    club_id = (SELECT sts.asking_club())
    AND (sts.sees_person(club_id, team_id, account_id) OR id = ANY ((SELECT sts.asking_wards())::uuid[])));
CREATE POLICY adds ON sts.athlete FOR INSERT TO sts_api WITH CHECK (
    sts.sees_person(club_id, team_id, NULL) AND (SELECT sts.asking_role()) <> 'athlete');
CREATE POLICY changes ON sts.athlete FOR UPDATE TO sts_api
    USING (sts.sees_person(club_id, team_id, NULL) AND (SELECT sts.asking_role()) <> 'athlete');

CREATE POLICY sees ON sts.consent FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY adds ON sts.consent FOR INSERT TO sts_api WITH CHECK (sts.may_see_athlete(athlete_id));
CREATE POLICY changes ON sts.consent FOR UPDATE TO sts_api USING (sts.may_see_athlete(athlete_id));

CREATE POLICY sees ON sts.guardian FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY adds ON sts.guardian FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'director'));
CREATE POLICY removes ON sts.guardian FOR DELETE TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'director'));

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

-- What formulas need to know of an athlete: from when on each value holds, and where it comes from.

CREATE TABLE sts.athlete_parameter (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    athlete_id uuid NOT NULL REFERENCES sts.athlete ON DELETE CASCADE,
    name       text NOT NULL CHECK (
        name IN ('hr_max', 'hr_rest', 'lthr', 'vt1', 'vt2', 'ftp', 'cp', 'w_prime', 'mass', 'sex')),
    value      float8 CHECK (value > 0 AND value < 'infinity'),
    since      timestamptz NOT NULL,
    source     text NOT NULL CHECK (source IN ('measured', 'coach', 'estimate')),
    formula    text CHECK (formula ~ '^[a-z][a-z0-9_]{2,39}$'),
    entered_at timestamptz NOT NULL DEFAULT now(),
    entered_by uuid REFERENCES sts.account ON DELETE SET NULL,
    word       text CHECK (word IN ('female', 'male')),      -- whose factors a formula takes is a word, not a number
    CHECK ((source = 'estimate') = (formula IS NOT NULL)),
    CONSTRAINT athlete_parameter_once UNIQUE (athlete_id, name, since),
    CONSTRAINT athlete_parameter_told CHECK (
        (name = 'sex') = (word IS NOT NULL) AND (word IS NULL) = (value IS NOT NULL))
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

-- The value in force at a time; null before the first one.
CREATE FUNCTION sts.parameter_at(p_athlete uuid, p_name text, p_at timestamptz) RETURNS float8
LANGUAGE sql STABLE AS $$
    SELECT value FROM sts.athlete_parameter
    WHERE athlete_id = p_athlete AND name = p_name AND since <= p_at ORDER BY since DESC LIMIT 1
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
CREATE INDEX session_running_idx ON sts.session (started_at) WHERE ended_at IS NULL;

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

-- Numbers of sessions, as they were worked out: by which formula, of what, with which revision; and what an athlete says of a
-- session and of a day.

-- What the numbers of an athlete in a session were worked out from: when these marks are others, so may be the numbers.
CREATE TABLE sts.session_summary (
    session_id  uuid NOT NULL,
    athlete_id  uuid NOT NULL,
    revision    int NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    since       timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    parameters  jsonb NOT NULL,
    rating      float8,
    marks       text NOT NULL,                            -- of the ledger and of what was worn
    because     text[] NOT NULL DEFAULT '{}',             -- why the last revision was made
    verdict     jsonb NOT NULL,                           -- completeness: words and stretches
    complete_at timestamptz,                              -- since when all that was recorded is here
    phases      jsonb NOT NULL DEFAULT '[]',              -- in which the athlete was, from when to when
    PRIMARY KEY (session_id, athlete_id),
    FOREIGN KEY (session_id, athlete_id) REFERENCES sts.session_athlete ON DELETE CASCADE
);

CREATE TABLE sts.session_number (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    formula    text NOT NULL,
    variant    text NOT NULL,
    revision   int NOT NULL,                              -- of the summary, when it last changed
    body       jsonb NOT NULL,                            -- the result: values, coverage, parameters, settings, window
    was        jsonb,                                     -- its values before
    phase_id   uuid REFERENCES sts.session_phase ON DELETE CASCADE, -- null: of the whole session
    CONSTRAINT session_number_once UNIQUE NULLS NOT DISTINCT (session_id, athlete_id, phase_id, formula, variant),
    FOREIGN KEY (session_id, athlete_id) REFERENCES sts.session_summary ON DELETE CASCADE
);
CREATE INDEX session_number_phase_idx ON sts.session_number (phase_id);

-- How hard the athlete found a session: Borg's CR-10, 0 to 10.
CREATE TABLE sts.session_rating (
    session_id uuid NOT NULL,
    athlete_id uuid NOT NULL,
    rating     float8 NOT NULL CHECK (rating BETWEEN 0 AND 10),
    rated_at   timestamptz NOT NULL DEFAULT now(),
    rated_by   uuid REFERENCES sts.account ON DELETE SET NULL,
    PRIMARY KEY (session_id, athlete_id),
    FOREIGN KEY (session_id, athlete_id) REFERENCES sts.session_athlete ON DELETE CASCADE
);

GRANT SELECT, INSERT, UPDATE, DELETE ON sts.session_summary, sts.session_number TO sts_api;
GRANT SELECT, INSERT, UPDATE (rating, rated_at, rated_by), DELETE ON sts.session_rating TO sts_api;

-- Whoever sees an athlete may have the numbers worked out, and sees them; how hard it was is said by the athlete or by those
-- who train the team.
ALTER TABLE sts.session_summary ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.session_number ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.session_rating ENABLE ROW LEVEL SECURITY;
CREATE POLICY keeps ON sts.session_summary TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY keeps ON sts.session_number TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY sees ON sts.session_rating FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY says ON sts.session_rating TO sts_api USING (
    sts.may_see_athlete(athlete_id) AND (SELECT sts.asking_role()) <> 'guardian');

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

-- What athletes say of themselves, or staff for them: how they woke up, and when and why they could not train. Health data:
-- of those only who agreed to be monitored at that time.

CREATE TABLE sts.wellness (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    athlete_id uuid NOT NULL REFERENCES sts.athlete ON DELETE CASCADE,
    day        date NOT NULL,
    sleep_h    float8 CHECK (sleep_h BETWEEN 0 AND 24),
    sleep      int2 CHECK (sleep BETWEEN 1 AND 5),
    fatigue    int2 CHECK (fatigue BETWEEN 1 AND 5),
    soreness   int2 CHECK (soreness BETWEEN 1 AND 5),
    stress     int2 CHECK (stress BETWEEN 1 AND 5),
    mood       int2 CHECK (mood BETWEEN 1 AND 5),
    notes      text NOT NULL DEFAULT '' CHECK (length(notes) <= 4000),
    said_at    timestamptz NOT NULL DEFAULT now(),
    said_by    uuid REFERENCES sts.account ON DELETE SET NULL,
    CONSTRAINT wellness_once UNIQUE (athlete_id, day)
);

CREATE TABLE sts.absence (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    athlete_id uuid NOT NULL REFERENCES sts.athlete ON DELETE CASCADE,
    first_day  date NOT NULL,
    last_day   date CHECK (last_day >= first_day),        -- null while it lasts
    reason     text NOT NULL CHECK (reason IN ('injury', 'illness', 'other')),
    training   text NOT NULL CHECK (training IN ('none', 'limited')),
    place      text CHECK (length(place) BETWEEN 1 AND 40),
    notes      text NOT NULL DEFAULT '' CHECK (length(notes) <= 4000),
    said_at    timestamptz NOT NULL DEFAULT now(),
    said_by    uuid REFERENCES sts.account ON DELETE SET NULL
);
CREATE INDEX absence_athlete_idx ON sts.absence (athlete_id, first_day);

GRANT SELECT, INSERT, DELETE,
      UPDATE (sleep_h, sleep, fatigue, soreness, stress, mood, notes, said_at, said_by) ON sts.wellness TO sts_api;
GRANT SELECT, INSERT, DELETE, UPDATE (first_day, last_day, reason, training, place, notes) ON sts.absence TO sts_api;
ALTER TABLE sts.wellness ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.absence ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON sts.wellness FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY says ON sts.wellness TO sts_api USING (
    sts.may_see_athlete(athlete_id) AND (SELECT sts.asking_role()) <> 'guardian');
CREATE POLICY sees ON sts.absence FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY says ON sts.absence TO sts_api USING (
    sts.may_see_athlete(athlete_id) AND (SELECT sts.asking_role()) <> 'guardian');

-- =====================================================================================================================
-- Grants
-- =====================================================================================================================

-- Grants: an athlete, or who stands for one, lets a second club or one trainer read some metrics of some time, and nothing else.
-- Whether a grant holds is asked anew each time, so nobody has to end it.

CREATE TABLE sts.athlete_grant (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    athlete_id uuid NOT NULL REFERENCES sts.athlete ON DELETE CASCADE,
    -- Without foreign keys: with its athlete a grant moves to a hub where the other club may not be, and holds for nobody there.
    to_club_id uuid NOT NULL,
    to_account_id uuid,                                   -- to this trainer of the club alone; null: to the club
    metrics    int2[] NOT NULL CHECK (cardinality(metrics) BETWEEN 1 AND 50),
    during     tstzrange NOT NULL CHECK (NOT isempty(during) AND lower(during) IS NOT NULL),  -- when it was measured
    ends_at    timestamptz,
    given_by   text NOT NULL CHECK (given_by IN ('athlete', 'guardian')),
    given_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX athlete_grant_athlete_idx ON sts.athlete_grant (athlete_id);
CREATE INDEX athlete_grant_club_idx ON sts.athlete_grant (to_club_id);

-- When a grant ends; what a guardian gave, on the day of being of age at the latest.
CREATE FUNCTION sts.grant_end(p sts.athlete_grant) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT least(p.ends_at, (SELECT sts.of_age(a.birth_date)::timestamp AT TIME ZONE 'UTC' FROM sts.athlete a
                             WHERE a.id = p.athlete_id AND p.given_by = 'guardian'))
$$;

-- Whether whoever is asking is given something by it now: a club's is for its chiefs and coaches.
CREATE FUNCTION sts.grant_holds(p sts.athlete_grant) RETURNS boolean
LANGUAGE sql STABLE SET search_path = sts, pg_temp AS $$
    SELECT p.to_club_id = sts.asking_club()
       AND CASE WHEN p.to_account_id IS NULL THEN sts.asking_role() IN ('admin', 'director', 'coach')
                ELSE sts.asking_role() = 'trainer' AND p.to_account_id = sts.asking_account() END
       AND coalesce(sts.grant_end(p) > now(), true)
$$;

-- Who knows of an athlete's grants: the athlete, who stands for the athlete, and the chiefs of the own club.
CREATE FUNCTION sts.may_see_grants(p_athlete uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = sts, pg_temp AS $$
    SELECT sts.asking_role() IN ('admin', 'director', 'athlete', 'guardian') AND sts.may_see_athlete(p_athlete)
$$;

-- Names that a grant is about, for those who know of it: the grant crosses the walls that hide them.
CREATE FUNCTION sts.grant_names(p_grant uuid)
RETURNS TABLE (athlete text, from_club text, to_club text, to_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.name, f.name, t.name, c.name
    FROM sts.athlete_grant g
    JOIN sts.athlete a ON a.id = g.athlete_id
    JOIN sts.club f ON f.id = a.club_id
    JOIN sts.club t ON t.id = g.to_club_id
    LEFT JOIN sts.account c ON c.id = g.to_account_id
    WHERE g.id = p_grant AND (sts.may_see_grants(g.athlete_id) OR sts.grant_holds(g))
$$;

-- To whom one can give: a club, or a trainer's account and the club of it. An id is told by its owner; nobody guesses one.
CREATE FUNCTION sts.grantee(p_club uuid, p_account uuid) RETURNS TABLE (club_id uuid, account_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT c.id, NULL::uuid FROM sts.club c WHERE c.id = p_club
    UNION ALL
    SELECT a.club_id, a.id FROM sts.account a WHERE a.id = p_account AND a.role = 'trainer' AND a.disabled_at IS NULL
$$;

GRANT SELECT, INSERT, UPDATE (ends_at) ON sts.athlete_grant TO sts_api;
ALTER TABLE sts.athlete_grant ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON sts.athlete_grant FOR SELECT TO sts_api USING (
    sts.may_see_grants(athlete_id) OR sts.grant_holds(athlete_grant));
CREATE POLICY adds ON sts.athlete_grant FOR INSERT TO sts_api WITH CHECK (
    (SELECT sts.asking_role()) IN ('athlete', 'guardian') AND sts.may_see_athlete(athlete_id));
CREATE POLICY changes ON sts.athlete_grant FOR UPDATE TO sts_api USING (
    (SELECT sts.asking_role()) IN ('athlete', 'guardian') AND sts.may_see_athlete(athlete_id));

-- ---------------------------------------------------------------------------------------------------------------------
-- Reading by a grant. The functions that read values ask of each metric when it may be read.

-- The times of which whoever is asking may read a metric of an athlete: all of them of an athlete in sight, else what grants
-- give. Without a metric, of an athlete in sight alone.
CREATE FUNCTION sts.readable(p_athlete uuid, p_metric int2) RETURNS tstzmultirange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT CASE WHEN sts.may_see_athlete(p_athlete) THEN '{(,)}'::tstzmultirange
                ELSE coalesce((SELECT range_agg(g.during) FROM sts.athlete_grant g
                               WHERE g.athlete_id = p_athlete AND p_metric = ANY (g.metrics) AND sts.grant_holds(g)), '{}')
           END
$$;

REVOKE EXECUTE ON FUNCTION sts.grant_end, sts.grant_holds, sts.may_see_grants, sts.grant_names, sts.grantee, sts.readable FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.grant_end, sts.grant_holds, sts.may_see_grants, sts.grant_names, sts.grantee TO sts_api;

-- =====================================================================================================================
-- Consent texts
-- =====================================================================================================================

-- What athletes are asked to agree to: the text of a purpose in its languages, by version. A version whose meaning is another
-- asks again: consents to older ones end at the time that its publisher sets.
CREATE TABLE sts.consent_text (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id      uuid NOT NULL REFERENCES sts.club,
    purpose      text NOT NULL CHECK (purpose ~ '^[a-z][a-z_]{2,39}$'),
    version      text NOT NULL CHECK (length(version) BETWEEN 1 AND 40),
    texts        jsonb NOT NULL,                          -- by language (BCP 47)
    older_end_at timestamptz,                             -- null: older versions mean the same and hold on
    published_at timestamptz NOT NULL DEFAULT now(),
    published_by uuid NOT NULL,
    CONSTRAINT consent_text_once UNIQUE (club_id, purpose, version)
);
GRANT SELECT, INSERT ON sts.consent_text TO sts_api;
ALTER TABLE sts.consent_text ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON sts.consent_text FOR SELECT TO sts_api USING (club_id = (SELECT sts.asking_club()));
CREATE POLICY adds ON sts.consent_text FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) = 'admin');

-- =====================================================================================================================
-- Telemetry
-- =====================================================================================================================

-- What gateways say: the ledger of their records, the samples, what could not be stored, and the state of the fleet.
--
-- Nothing here refers to sts.gateway: what a gateway has sent is kept even by a hub whose register was lost.
-- Record numbers are ranges; the ledger keeps them as int8multirange, one row per epoch.

-- The word of a gateway on which device it calls by which name. A name is minted once and never moved to another device;
-- a later word that contradicts the first is kept beside it as a fault, never over it.
CREATE TABLE sts.local_name (
    gateway         text NOT NULL,
    name            text NOT NULL,
    address         text NOT NULL,
    kind            text NOT NULL,
    first_told_at   timestamptz NOT NULL DEFAULT now(),
    other_address   text,
    other_told_at   timestamptz,
    PRIMARY KEY (gateway, name)
);
CREATE INDEX local_name_address_idx ON sts.local_name (address);

-- One start of an agent process, and the ledger of its records. Rows are never deleted.
-- received, parked and declared may overlap: received wins over declared.
CREATE TABLE sts.epoch (
    epoch          uuid PRIMARY KEY,
    gateway        text NOT NULL,
    boot_id        text,
    running        boolean,                              -- null: no beat has spoken of it yet
    first          bigint NOT NULL DEFAULT 0,            -- lowest record number that the gateway still holds
    head           bigint NOT NULL DEFAULT -1,           -- last record number on the gateway's disk; only rises
    closed         boolean NOT NULL DEFAULT false,       -- ended, and nothing of it is expected any more
    received       int8multirange NOT NULL DEFAULT '{}',
    parked         int8multirange NOT NULL DEFAULT '{}',
    declared       int8multirange NOT NULL DEFAULT '{}',
    confirmed      int8multirange NOT NULL DEFAULT '{}', -- as the gateway last told
    backlog_head   bigint NOT NULL DEFAULT -1,           -- highest record number stored from the backlog lane
    pin_offset_us  bigint,                               -- wall time minus boot time, for records of unknown clock
    pin_error_us   bigint,
    pin_source     int2,
    starts_after   timestamptz,                          -- bounds of an epoch without a pin
    ends_before    timestamptz,
    delta_us       bigint NOT NULL DEFAULT 0,            -- correction, added to every time of this epoch
    corrections    int NOT NULL DEFAULT 0,               -- how many it has had; what was planned before one is planned anew
    added_at       timestamptz NOT NULL DEFAULT now(),
    first_beat_at  timestamptz,                          -- beats that told of it
    last_beat_at   timestamptz,
    spoke_first_at timestamptz,                          -- beats that it sent itself
    spoke_last_at  timestamptz,
    copy_since     timestamptz                           -- of a device with a copied card; until enrolled anew
) WITH (fillfactor = 70);
CREATE INDEX epoch_gateway_idx ON sts.epoch (gateway, added_at);
CREATE INDEX epoch_open_idx ON sts.epoch (epoch) WHERE NOT closed;

-- First and last time of each unbroken run of received records. `span` follows from the two numbers; only from_seq is
-- indexed, so that a run that grows at its end is updated in place.
CREATE TABLE sts.received_span (
    epoch    uuid NOT NULL REFERENCES sts.epoch,
    from_seq bigint NOT NULL,
    to_seq   bigint NOT NULL CHECK (to_seq >= from_seq),
    span     int8range GENERATED ALWAYS AS (int8range(from_seq, to_seq, '[]')) STORED,
    first_t  timestamptz,                                -- null where no record of the run had a clock
    last_t   timestamptz,
    PRIMARY KEY (epoch, from_seq)
) WITH (fillfactor = 70);

-- Why records will not come: told by the gateway in a drop record, or decided here (a parked record discarded).
CREATE TABLE sts.drop (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    epoch       uuid NOT NULL REFERENCES sts.epoch,
    span        int8range NOT NULL CHECK (NOT isempty(span)),
    reason      text NOT NULL,
    first_t     timestamptz,
    last_t      timestamptz,
    declared_at timestamptz NOT NULL DEFAULT now(),
    -- In the boot time of that epoch: where it had no pin when this was declared, times follow once it has.
    first_us    bigint,
    last_us     bigint
);
CREATE INDEX drop_epoch_idx ON sts.drop (epoch);

-- What the hub wants again: noticed missing at one beat, asked for at a later one, at most once in ten minutes.
CREATE TABLE sts.want (
    epoch      uuid NOT NULL REFERENCES sts.epoch,
    span       int8range NOT NULL CHECK (NOT isempty(span)),
    noticed_at timestamptz NOT NULL,
    asked_at   timestamptz,
    PRIMARY KEY (epoch, span)
);

-- One metric of one sensor in one epoch. A correction of the epoch's clock retires its series and moves their samples;
-- what comes later is stored at the right time from the beginning, in series of its own.
CREATE TABLE sts.series (
    id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    epoch   uuid NOT NULL REFERENCES sts.epoch,
    name    text NOT NULL,
    metric  int2 NOT NULL,
    retired int NOT NULL DEFAULT 0,  -- 0: written to; else the epoch's correction that moves these samples
    UNIQUE (epoch, name, metric, retired)
);

-- The samples. Column order leaves no padding (24 bytes a row). Not unique: that nothing is stored twice is the ledger's
-- work, in the same transaction; a unique index would cost the writer twice as much.
-- quality: 0 ok, 1 no contact, 2 truncated, 3 implausible, 4 no fix, 5 clock unsynced, 6 estimated.
-- With TimescaleDB a hypertable of one day per chunk, else one partition per UTC day, made by sts.open_day before use.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
        CREATE TABLE sts.sample (
            t       timestamptz NOT NULL,
            series  int4 NOT NULL,
            quality int2 NOT NULL,
            value   float8 NOT NULL
        );
        PERFORM create_hypertable('sts.sample', 't', chunk_time_interval => interval '1 day', create_default_indexes => false);
    ELSE
        CREATE TABLE sts.sample (
            t       timestamptz NOT NULL,
            series  int4 NOT NULL,
            quality int2 NOT NULL,
            value   float8 NOT NULL
        ) PARTITION BY RANGE (t);
    END IF;
END $$;
CREATE INDEX sample_series_t_idx ON sts.sample (series, t);

-- Makes the day's partition or chunk if it is not there, so that no transaction with samples in it has to: it would make
-- all others wait for its end. A partition is attached rather than created in place: that does not shut out those who read
-- and write the other days. A chunk comes with its first row, and stays when the row goes.
CREATE FUNCTION sts.open_day(p_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_name text := 'sample_' || to_char(p_day, 'YYYYMMDD');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sts.open_day'));
    IF EXISTS (SELECT FROM pg_class WHERE oid = 'sts.sample'::regclass AND relkind <> 'p') THEN
        INSERT INTO sts.sample (t, series, quality, value) VALUES (p_day::timestamptz, 0, 0, 0);
        DELETE FROM sts.sample WHERE series = 0 AND t = p_day::timestamptz;
    -- Not to_regclass: it would answer from a cache that has not heard of another's commit.
    ELSIF NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'sts'::regnamespace AND relname = v_name) THEN
        EXECUTE format('CREATE TABLE sts.%I (LIKE sts.sample INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', v_name);
        EXECUTE format('ALTER TABLE sts.sample ATTACH PARTITION sts.%I FOR VALUES FROM (%L) TO (%L)',
                       v_name, p_day::timestamptz, (p_day + 1)::timestamptz);
    END IF;
END $$;

-- Roll-ups of the samples, filled by `sts-hub maintain` from sts.touched. n counts all values of the bucket; ok, total, low
-- and high are over those fit to be summed (quality ok, clock unsynced, estimated); worst is the highest quality number seen.
CREATE TABLE sts.sample_1s (
    t      timestamptz NOT NULL,
    series int4 NOT NULL,
    n      int4 NOT NULL,
    ok     int4 NOT NULL,
    worst  int2 NOT NULL,
    total  float8,
    low    float8,
    high   float8,
    PRIMARY KEY (series, t)
);
CREATE TABLE sts.sample_1m (LIKE sts.sample_1s INCLUDING ALL);
CREATE TABLE sts.sample_1h (LIKE sts.sample_1s INCLUDING ALL);

-- Where samples were added since the roll-ups were last filled: one row per epoch and transaction, append-only, so that a
-- row written while an earlier one is being worked off is never mistaken for it.
CREATE TABLE sts.touched (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    epoch   uuid NOT NULL,
    first_t timestamptz NOT NULL,
    last_t  timestamptz NOT NULL
);

-- What came and could not be stored, with its bytes, to be retried or discarded. Identity where it could be read: then one
-- row per record; else one row per different bytes, whatever number of times they come.
CREATE TABLE sts.parked (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway   text NOT NULL,
    epoch     uuid,
    seq       bigint,
    reason    text NOT NULL,
    detail    text NOT NULL DEFAULT '',
    raw       bytea NOT NULL,
    digest    bytea GENERATED ALWAYS AS (sha256(raw)) STORED,
    parked_at timestamptz NOT NULL DEFAULT now(),
    tried_at  timestamptz,
    retry_asked_at timestamptz,
    CHECK ((epoch IS NULL) = (seq IS NULL)),
    UNIQUE (epoch, seq)
);
CREATE UNIQUE INDEX parked_bytes_key ON sts.parked (gateway, digest) WHERE epoch IS NULL;
CREATE INDEX parked_unpinned_idx ON sts.parked (epoch) WHERE reason = 'unpinned';
CREATE INDEX parked_asked_idx ON sts.parked (id) WHERE retry_asked_at IS NOT NULL;

-- What gateways report in log records.
CREATE TABLE sts.gateway_log (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway text NOT NULL,
    epoch   uuid NOT NULL,
    t       timestamptz NOT NULL,
    level   text NOT NULL,
    event   text NOT NULL,
    fields  jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX gateway_log_idx ON sts.gateway_log (gateway, t);

-- Ties of boot time to wall time that gateways told in anchor records.
CREATE TABLE sts.anchor (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    epoch     uuid NOT NULL REFERENCES sts.epoch,
    boot_us   bigint NOT NULL,
    offset_us bigint NOT NULL,
    error_us  bigint NOT NULL,
    source    int2 NOT NULL
);
CREATE INDEX anchor_epoch_idx ON sts.anchor (epoch, boot_us);

-- The last beat of each gateway, as it came. number and epoch tell which of two beats is the newer.
CREATE TABLE sts.gateway_state (
    gateway   text PRIMARY KEY,
    epoch     uuid NOT NULL,
    number    bigint NOT NULL,
    beat      jsonb NOT NULL,
    beat_at   timestamptz NOT NULL,
    copied_at timestamptz                                 -- when two epochs of it were last seen running at once
);

-- A worker that lost the database stays away until a row here, big enough to need new pages, has been committed.
CREATE TABLE sts.probe (
    worker text PRIMARY KEY,
    at     timestamptz NOT NULL,
    filler bytea NOT NULL
);
ALTER TABLE sts.probe ALTER COLUMN filler SET STORAGE EXTERNAL;

-- Adds one unbroken run of records to an epoch's spans, joining it with the runs that it touches. The caller holds the
-- epoch's row.
CREATE FUNCTION sts.add_span(p_epoch uuid, p_from bigint, p_to bigint, p_first timestamptz, p_last timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_near  record;
BEGIN
    SELECT count(*) AS n, min(from_seq) AS from_seq, max(to_seq) AS to_seq, min(first_t) AS first_t, max(last_t) AS last_t
    INTO v_near FROM sts.received_span
    WHERE epoch = p_epoch AND to_seq >= p_from - 1 AND from_seq <= p_to + 1
      AND from_seq >= coalesce((SELECT max(s.from_seq) FROM sts.received_span s WHERE s.epoch = p_epoch AND s.from_seq <= p_from), p_from);
    IF v_near.n = 0 THEN
        INSERT INTO sts.received_span (epoch, from_seq, to_seq, first_t, last_t) VALUES (p_epoch, p_from, p_to, p_first, p_last);
        RETURN;
    END IF;
    IF v_near.n > 1 THEN
        DELETE FROM sts.received_span WHERE epoch = p_epoch AND from_seq > v_near.from_seq AND from_seq <= v_near.to_seq;
    END IF;
    UPDATE sts.received_span
    SET from_seq = least(v_near.from_seq, p_from), to_seq = greatest(v_near.to_seq, p_to),
        first_t = least(v_near.first_t, p_first), last_t = greatest(v_near.last_t, p_last)
    WHERE epoch = p_epoch AND from_seq = v_near.from_seq;
END $$;

-- Enters records of one epoch into the ledger: true when none of them was known, false (and nothing changed) otherwise or
-- when the epoch's correction is no longer the one that the caller's times were made with. The row stays locked until the
-- caller commits, so callers take epochs in order. Unbroken runs come as four parallel arrays; p_touched_from and
-- p_touched_to bound the samples that come with them (null: none). What came late is noted: by the backlog lane, or so late
-- that the wall showed it no more (three seconds) when its transaction had gathered (two).
CREATE FUNCTION sts.enter(
    p_epoch uuid, p_corrections int, p_received int8multirange, p_parked int8multirange, p_backlog_head bigint,
    p_from bigint[], p_to bigint[], p_first timestamptz[], p_last timestamptz[],
    p_touched_from timestamptz, p_touched_to timestamptz
) RETURNS boolean
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
BEGIN
    UPDATE sts.epoch
    SET received = received + p_received, parked = parked + p_parked, backlog_head = greatest(backlog_head, p_backlog_head)
    WHERE epoch = p_epoch AND corrections = p_corrections
      AND NOT received && (p_received + p_parked) AND NOT parked && (p_received + p_parked);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    FOR i IN 1 .. cardinality(p_from) LOOP
        PERFORM sts.add_span(p_epoch, p_from[i], p_to[i], p_first[i], p_last[i]);
    END LOOP;
    IF p_touched_from IS NOT NULL THEN
        INSERT INTO sts.touched (epoch, first_t, last_t) VALUES (p_epoch, p_touched_from, p_touched_to);
        IF p_backlog_head >= 0 OR p_touched_from < clock_timestamp() - interval '6 seconds' THEN
            PERFORM sts.note_late(p_epoch, p_touched_from, p_touched_to);
        END IF;
    END IF;
    RETURN true;
END $$;

REVOKE EXECUTE ON FUNCTION sts.open_day, sts.add_span, sts.enter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.open_day, sts.add_span, sts.enter TO sts_ingest;

-- The worker writes here and corrects nothing: samples it can only add.
GRANT INSERT ON sts.sample, sts.touched, sts.drop, sts.gateway_log, sts.anchor TO sts_ingest;
GRANT SELECT, INSERT ON sts.series TO sts_ingest;
GRANT SELECT, INSERT, UPDATE ON sts.epoch, sts.local_name, sts.gateway_state TO sts_ingest;
GRANT SELECT, INSERT, UPDATE, DELETE ON sts.received_span, sts.want, sts.parked, sts.probe TO sts_ingest;

-- =====================================================================================================================
-- Reading
-- =====================================================================================================================

-- Reading: the only ways by which the API sees samples and the state of gateways. Each asks who is asking.
--
-- Late binding: first it is resolved when the athlete wore which sensor and consented, then which series those sensors are,
-- and only then are samples read, with the bounds of time as constants, so that the planner leaves out every other day.

-- The beats: visible with their gateway.
ALTER TABLE sts.gateway_state ENABLE ROW LEVEL SECURITY;
CREATE POLICY ingest_writes ON sts.gateway_state TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY sees ON sts.gateway_state FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway_state.gateway));
GRANT SELECT ON sts.gateway_state TO sts_api;

-- When the athlete wore which sensor and consented to monitoring, cut to the times given and to those in which the caller may read the
-- metric; without one, of an athlete in sight alone.
CREATE FUNCTION sts.worn(p_athlete uuid, p_from timestamptz, p_to timestamptz, p_metric int2 DEFAULT NULL)
RETURNS TABLE (sensor int, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT s.sensor_id, lower(s.both), upper(s.both)
    FROM (
        SELECT a.sensor_id, a.during * c.during * r.during * tstzrange(p_from, p_to) AS both
        FROM sts.assignment a JOIN sts.consent c ON c.athlete_id = a.athlete_id AND c.purpose = 'monitoring'
        CROSS JOIN unnest(sts.readable(p_athlete, p_metric)) AS r (during)
        WHERE a.athlete_id = p_athlete AND a.during && tstzrange(p_from, p_to)
          AND c.during && a.during
    ) s
    WHERE NOT isempty(s.both)
    ORDER BY 2, 1
$$;

-- The series of one metric of a sensor and the gateway that heard each: every epoch of every gateway of the club that tells
-- of the sensor's address.
CREATE FUNCTION sts.receptions_of(p_sensor int, p_metric int2) RETURNS TABLE (gateway text, series int)
LANGUAGE sql STABLE SET search_path = sts, pg_temp AS $$
    SELECT g.name, r.id
    FROM sts.sensor s
    JOIN sts.local_name l ON l.address = s.address
    JOIN sts.gateway g ON g.name = l.gateway AND g.club_id = s.club_id
    JOIN sts.epoch e ON e.gateway = l.gateway
    JOIN sts.series r ON r.epoch = e.epoch AND r.name = l.name AND r.metric = p_metric
    WHERE s.id = p_sensor
$$;

-- Microseconds since 1970.
CREATE FUNCTION sts.us(p_t timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (extract(epoch FROM p_t) * 1000000)::bigint;

-- The athlete's values of one metric as they are, a row for each wearing and series: columns of equal length, rising in time,
-- packed as PostgreSQL sends them (µs since 2000-01-01 UTC as int8, float8 and int2, the highest byte first), so that a week of
-- them costs little to send and nothing to read.
CREATE FUNCTION sts.read_series(p_athlete uuid, p_metric int2, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (sensor int, gateway text, series int, t_us bytea, value bytea, quality bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp SET work_mem = '32MB' AS $$
DECLARE
    v_worn record;
BEGIN
    FOR v_worn IN SELECT w.sensor, w.since, w.until FROM sts.worn(p_athlete, p_from, p_to, p_metric) w LOOP
        RETURN QUERY EXECUTE $q$
            SELECT $1, r.gateway, r.series, v.t_us, v.value, v.quality
            FROM sts.receptions_of($1, $2) r
            CROSS JOIN LATERAL (
                SELECT string_agg(timestamptz_send(s.t), '') AS t_us,
                       string_agg(float8send(s.value), '') AS value,
                       string_agg(int2send(s.quality), '') AS quality
                FROM (SELECT t, value, quality FROM sts.sample WHERE series = r.series AND t >= $3 AND t < $4 ORDER BY t) s
            ) v
            WHERE v.t_us IS NOT NULL
        $q$ USING v_worn.sensor, p_metric, v_worn.since, v_worn.until;
    END LOOP;
END $$;

-- Everybody whom the caller may see on the live wall, with what they wear now: a row per athlete and sensor, one without a
-- sensor where nothing is worn. consents: whether values may be shown.
CREATE FUNCTION sts.live_roster()
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

-- Athletes of whom a grant to the caller holds and reaches now, with the metrics given, as sts.live_roster tells those in sight.
CREATE FUNCTION sts.live_given()
RETURNS TABLE (
    athlete uuid, club_id uuid, account_id uuid, name text, metrics int2[],
    sensor int, label text, kind text, since timestamptz, until timestamptz, consents boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, g.to_club_id, g.to_account_id, a.name, g.metrics,
           s.id, s.kind, s.kind, greatest(lower(w.during), g.since), least(upper(w.during), g.until),
           EXISTS (SELECT FROM sts.consent c
                   WHERE c.athlete_id = a.id AND c.purpose = 'monitoring' AND c.during @> now())
    FROM (
        SELECT h.athlete_id, h.to_club_id, h.to_account_id, array_agg(DISTINCT m.metric) AS metrics,
               max(lower(h.during)) AS since, min(upper(h.during)) AS until
        FROM sts.athlete_grant h CROSS JOIN unnest(h.metrics) AS m (metric)
        WHERE h.to_club_id = sts.asking_club() AND h.during @> now() AND sts.grant_holds(h)
        GROUP BY h.athlete_id, h.to_club_id, h.to_account_id
    ) g
    JOIN sts.athlete a ON a.id = g.athlete_id
    LEFT JOIN sts.assignment w ON w.athlete_id = a.id AND w.during @> now()
    LEFT JOIN sts.sensor s ON s.id = w.sensor_id
    WHERE NOT sts.may_see_athlete(a.id)
    ORDER BY a.name, a.id, s.kind <> 'heart_rate', s.id
$$;

-- What a live wall that has just started knows of the past: the values of one metric since p_from of all sensors worn now by
-- people whom the caller may see or is given it of, and the newest one of each since p_newest_from; each with the gateway that heard it.
CREATE FUNCTION sts.live_past(p_metric int2, p_from timestamptz, p_newest_from timestamptz)
RETURNS TABLE (gateway text, sensor int, t_us bigint, value float8, quality int2)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_worn record;
BEGIN
    FOR v_worn IN
        SELECT r.sensor, greatest(r.since, p_newest_from) AS since
        FROM sts.live_roster() r WHERE r.consents AND r.sensor IS NOT NULL
        UNION
        SELECT g.sensor, greatest(g.since, p_newest_from)
        FROM sts.live_given() g WHERE g.consents AND g.sensor IS NOT NULL AND p_metric = ANY (g.metrics)
    LOOP
        RETURN QUERY EXECUTE $q$
            WITH heard AS MATERIALIZED (
                SELECT h.gateway, h.series FROM sts.receptions_of($1, $2) h
            ),
            newest AS (
                SELECT h.gateway, n.t, n.value, n.quality
                FROM heard h
                CROSS JOIN LATERAL (
                    SELECT s.t, s.value, s.quality FROM sts.sample s
                    WHERE s.series = h.series AND s.t >= $3 ORDER BY s.t DESC LIMIT 1
                ) n
                ORDER BY n.t DESC LIMIT 1
            )
            SELECT n.gateway, $1, sts.us(n.t), n.value, n.quality FROM newest n WHERE n.t < $4
            UNION ALL
            SELECT h.gateway, $1, sts.us(s.t), s.value, s.quality
            FROM heard h JOIN sts.sample s ON s.series = h.series AND s.t >= greatest($3, $4)
            ORDER BY 3
        $q$ USING v_worn.sensor, p_metric, v_worn.since, p_from;
    END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION
    sts.worn, sts.receptions_of, sts.read_series, sts.us, sts.live_roster, sts.live_given, sts.live_past
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.us, sts.worn, sts.read_series, sts.live_roster, sts.live_given, sts.live_past TO sts_api;

-- =====================================================================================================================
-- Completeness
-- =====================================================================================================================

-- What the hub tells of the ledger, in the name of whoever asks; and up to when samples have been kept.
--
-- The API's role reads neither ledger nor samples. These functions run as the owner and check for themselves: a gateway's
-- ledger is shown to its own club, what was heard of a sensor only to those who see the athlete that wore it.

-- One row: samples before expired_before were deleted by retention; before unworn_before, values of straps that nobody wore.
CREATE TABLE sts.retention (
    one_row        bool PRIMARY KEY DEFAULT true CHECK (one_row),
    expired_before timestamptz NOT NULL DEFAULT '0001-01-01 00:00:00+00',
    unworn_before  timestamptz NOT NULL DEFAULT date_trunc('hour', now() - interval '15 days')
);
INSERT INTO sts.retention DEFAULT VALUES;

CREATE FUNCTION sts.asking_gateway(p_gateway text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT EXISTS (SELECT FROM sts.gateway g WHERE g.name = p_gateway AND g.club_id = sts.asking_club())
$$;

-- The gateway's epochs that may say something about the time from p_from on; with bounds, for those that have no place.
CREATE FUNCTION sts.ledger_epochs(p_gateway text, p_from timestamptz)
RETURNS TABLE (epoch uuid, running boolean, head bigint, received int8multirange, parked int8multirange,
               placed boolean, spoke_first_at timestamptz, spoke_last_at timestamptz,
               starts_after timestamptz, ends_before timestamptz, waits boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT e.epoch, coalesce(e.running, false), e.head, e.received, e.parked,
           e.pin_offset_us IS NOT NULL OR EXISTS (SELECT FROM sts.received_span s WHERE s.epoch = e.epoch),
           e.spoke_first_at, e.spoke_last_at, e.starts_after, e.ends_before, w.waits
    FROM sts.epoch e, LATERAL (SELECT e.pin_offset_us IS NULL AND EXISTS (
        SELECT FROM sts.parked p WHERE p.epoch = e.epoch AND p.reason = 'unpinned') AS waits) w
    WHERE e.gateway = p_gateway AND sts.asking_gateway(p_gateway)
      AND (NOT e.closed OR e.spoke_last_at >= p_from OR w.waits
           OR EXISTS (SELECT FROM sts.received_span s WHERE s.epoch = e.epoch AND s.last_t >= p_from)
           OR EXISTS (SELECT FROM sts.drop d WHERE d.epoch = e.epoch AND d.last_t >= p_from))
    ORDER BY e.added_at
$$;

CREATE FUNCTION sts.ledger_spans(p_gateway text, p_epochs uuid[])
RETURNS TABLE (epoch uuid, from_seq bigint, to_seq bigint, first_t timestamptz, last_t timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT s.epoch, s.from_seq, s.to_seq, s.first_t, s.last_t
    FROM sts.received_span s JOIN sts.epoch e USING (epoch)
    WHERE e.gateway = p_gateway AND sts.asking_gateway(p_gateway) AND s.epoch = ANY (p_epochs)
    ORDER BY s.epoch, s.from_seq
$$;

CREATE FUNCTION sts.ledger_drops(p_gateway text, p_epochs uuid[])
RETURNS TABLE (epoch uuid, from_seq bigint, to_seq bigint, reason text, first_t timestamptz, last_t timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT d.epoch, lower(d.span), upper(d.span) - 1, d.reason,
           coalesce(d.first_t, timestamptz 'epoch' + (d.first_us + e.pin_offset_us + e.delta_us) * interval '1 microsecond'),
           coalesce(d.last_t, timestamptz 'epoch' + (d.last_us + e.pin_offset_us + e.delta_us) * interval '1 microsecond')
    FROM sts.drop d JOIN sts.epoch e USING (epoch)
    WHERE e.gateway = p_gateway AND sts.asking_gateway(p_gateway) AND d.epoch = ANY (p_epochs)
    ORDER BY d.id
$$;

-- Who wore a sensor that this gateway knows, and for which of that time there was consent.
CREATE FUNCTION sts.ledger_wearings(p_gateway text, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (athlete_id uuid, sensor_id int, label text, kind text, name text, during tstzrange, consented tstzmultirange)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.athlete_id, s.id, s.label, s.kind, l.name, a.during * tstzrange(p_from, p_to),
           coalesce((SELECT range_agg(c.during) FROM sts.consent c
                     WHERE c.athlete_id = a.athlete_id AND c.purpose = 'monitoring'), '{}')
    FROM sts.gateway g
    JOIN sts.local_name l ON l.gateway = g.name
    JOIN sts.sensor s ON s.club_id = g.club_id AND s.address = l.address
    JOIN sts.assignment a ON a.sensor_id = s.id AND a.during && tstzrange(p_from, p_to)
    WHERE g.name = p_gateway AND sts.asking_gateway(p_gateway) AND sts.may_see_athlete(a.athlete_id)
    ORDER BY s.label, lower(a.during)
$$;

-- The stretches in which a sensor that this gateway knows was heard without a pause longer than p_pause, by any gateway or
-- (p_elsewhere) by any other one: first and last value of each.
CREATE FUNCTION sts.ledger_heard(
    p_gateway text, p_athlete uuid, p_sensor int, p_metric int2, p_from timestamptz, p_to timestamptz, p_pause interval,
    p_elsewhere boolean
) RETURNS TABLE (first_t timestamptz, last_t timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_series int[] := ARRAY(
        SELECT r.series FROM sts.receptions_of(p_sensor, p_metric) r WHERE NOT (p_elsewhere AND r.gateway = p_gateway));
BEGIN
    IF NOT sts.asking_gateway(p_gateway) OR NOT sts.may_see_athlete(p_athlete) OR NOT EXISTS (
        SELECT FROM sts.ledger_wearings(p_gateway, p_from, p_to) w WHERE w.athlete_id = p_athlete AND w.sensor_id = p_sensor
    ) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT min(t), max(t) FROM (
            SELECT t, count(*) FILTER (WHERE pause > p_pause) OVER (ORDER BY t) AS stretch FROM (
                SELECT t, t - lag(t) OVER (ORDER BY t) AS pause FROM sts.sample
                WHERE series = ANY (v_series) AND t >= p_from AND t < p_to
            ) AS pauses
        ) AS stretches
        GROUP BY stretch ORDER BY 1;
END $$;

REVOKE EXECUTE ON FUNCTION sts.asking_gateway, sts.ledger_epochs, sts.ledger_spans, sts.ledger_drops, sts.ledger_wearings,
    sts.ledger_heard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.asking_gateway, sts.ledger_epochs, sts.ledger_spans, sts.ledger_drops, sts.ledger_wearings,
    sts.ledger_heard TO sts_api;
GRANT SELECT ON sts.retention TO sts_api, sts_ingest;

-- Acts by which the clock of an epoch was put right: who asked why, and up to where samples have been moved.
CREATE TABLE sts.correction (
    epoch      uuid NOT NULL REFERENCES sts.epoch,
    number     int NOT NULL,
    delta_us   bigint NOT NULL,
    cursor     timestamptz,
    reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    asked_by   text NOT NULL DEFAULT session_user,
    started_at timestamptz NOT NULL DEFAULT now(),
    done_at    timestamptz,
    PRIMARY KEY (epoch, number)
);

-- =====================================================================================================================
-- Withheld
-- =====================================================================================================================

-- Samples of somebody who had not consented at that time are refused at ingest. Here go those that were stored before it
-- was known whose they are: the strap was given to somebody afterwards, or the gateway said late which device a name means.
-- They are deleted in the same act.

-- Deletes the sensor's samples from when it was worn without consent, and has the roll-ups follow.
CREATE FUNCTION sts.delete_withheld(p_sensor int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_series int[] := (
        SELECT coalesce(array_agg(r.id), '{}')
        FROM sts.sensor s
        JOIN sts.local_name l ON l.address = s.address
        JOIN sts.gateway g ON g.name = l.gateway AND g.club_id = s.club_id
        JOIN sts.epoch e ON e.gateway = l.gateway
        JOIN sts.series r ON r.epoch = e.epoch AND r.name = l.name
        WHERE s.id = p_sensor);
    v_period tstzrange;
BEGIN
    IF v_series = '{}' THEN
        RETURN;
    END IF;
    FOR v_period IN
        SELECT unnest(tstzmultirange(a.during) - coalesce(
            (SELECT range_agg(c.during) FROM sts.consent c WHERE c.athlete_id = a.athlete_id AND c.purpose = 'monitoring'),
            '{}'))
        FROM sts.assignment a WHERE a.sensor_id = p_sensor
    LOOP
        WITH gone AS (
            DELETE FROM sts.sample
            WHERE series = ANY (v_series) AND t >= coalesce(lower(v_period), '-infinity')
              AND t < coalesce(upper(v_period), 'infinity')
            RETURNING series, t
        )
        INSERT INTO sts.touched (epoch, first_t, last_t)
        SELECT r.epoch, min(gone.t), max(gone.t) FROM gone JOIN sts.series r ON r.id = gone.series GROUP BY r.epoch;
    END LOOP;
END $$;

CREATE FUNCTION sts.assignment_withheld() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    PERFORM sts.delete_withheld(NEW.sensor_id);
    RETURN NULL;
END $$;
CREATE TRIGGER assignment_withheld AFTER INSERT OR UPDATE OF sensor_id, athlete_id, during ON sts.assignment
    FOR EACH ROW EXECUTE FUNCTION sts.assignment_withheld();

CREATE FUNCTION sts.local_name_withheld() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    PERFORM sts.delete_withheld(s.id)
    FROM sts.sensor s JOIN sts.gateway g ON g.club_id = s.club_id
    WHERE g.name = NEW.gateway AND s.address = NEW.address;
    RETURN NULL;
END $$;
CREATE TRIGGER local_name_withheld AFTER INSERT ON sts.local_name
    FOR EACH ROW EXECUTE FUNCTION sts.local_name_withheld();

REVOKE EXECUTE ON FUNCTION sts.delete_withheld, sts.assignment_withheld, sts.local_name_withheld FROM PUBLIC;

-- =====================================================================================================================
-- Secrets of gateways
-- =====================================================================================================================

-- What a gateway shows that comes over HTTPS. The secret is 256 random bits, so a plain hash gives nothing away; the api
-- role learns it for one gateway at a time, whose name it must know.

CREATE TABLE sts.gateway_secret (
    gateway  text PRIMARY KEY REFERENCES sts.gateway ON DELETE CASCADE,
    hash     bytea NOT NULL CHECK (length(hash) = 32),
    given_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE sts.gateway_secret ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION sts.gateway_secret_of(p_gateway text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT hash FROM sts.gateway_secret WHERE gateway = p_gateway
$$;

REVOKE EXECUTE ON FUNCTION sts.gateway_secret_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.gateway_secret_of TO sts_api;

-- =====================================================================================================================
-- Impulses
-- =====================================================================================================================

-- Impulses: what timers told, line by line, each stored once with the ledger and never changed.
--
-- t and moment are wall time without the correction of their epoch, which is added when they are read: a correction then
-- needs to move nothing here.

CREATE TABLE sts.impulse (
    epoch           uuid NOT NULL REFERENCES sts.epoch,
    seq             bigint NOT NULL,
    place           int2 NOT NULL,                        -- within its record
    gateway         text NOT NULL,
    timer           text NOT NULL,                        -- the gateway's own name for it
    t               timestamptz NOT NULL,                 -- when its line arrived at the gateway
    clock_error_us  bigint,                               -- of the gateway's clock then; null: that of the epoch's pin
    ticks           bigint,                               -- the timer's own time in 1/10,000 s, truncated
    channel         text NOT NULL,
    bib             text,
    marks           text[] NOT NULL,
    line            bytea NOT NULL,
    moment          timestamptz,                          -- when it was, mapped from the timer's clock
    moment_error_us bigint,
    PRIMARY KEY (epoch, seq, place)
);
CREATE INDEX impulse_gateway_idx ON sts.impulse (gateway, t, epoch, seq, place);
CREATE INDEX impulse_deleted_idx ON sts.impulse (gateway, timer, ticks) WHERE 'deleted' = ANY (marks);

ALTER TABLE sts.impulse ENABLE ROW LEVEL SECURITY;
CREATE POLICY ingest_writes ON sts.impulse TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY sees ON sts.impulse FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.gateway g WHERE g.name = impulse.gateway));

-- What must be known of an epoch to tell the time of its impulses.
CREATE VIEW sts.epoch_clock WITH (security_barrier) AS SELECT epoch, delta_us, pin_error_us FROM sts.epoch;

GRANT INSERT ON sts.impulse TO sts_ingest;
GRANT SELECT ON sts.impulse, sts.epoch_clock TO sts_api;

-- =====================================================================================================================
-- Documents
-- =====================================================================================================================

-- Result and activity files that gateways sent in parts. A document is what one source of one gateway told: the same bytes
-- again are the same document, told once more; other bytes under the same name are another version, and both stay.
CREATE TABLE sts.document (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway    text NOT NULL,
    source     text NOT NULL,                            -- local name of the folder that it lay in
    sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
    size       bigint NOT NULL CHECK (size > 0),
    name       text NOT NULL,                            -- as it was called when it was first told
    form       text NOT NULL,
    first_told timestamptz NOT NULL,
    last_told  timestamptz NOT NULL,                     -- of the versions of a name, the one told last is in force
    held       bigint NOT NULL DEFAULT 0,                -- bytes in the parts, those that came twice counted twice
    whole_at   timestamptz,                              -- null: not all of it is here
    UNIQUE (gateway, source, sha256, size)
);
CREATE INDEX document_name_idx ON sts.document (gateway, source, name);

-- The records that a document came in, as they came: its bytes lie in them, packed by the gateway.
CREATE TABLE sts.document_part (
    document_id bigint NOT NULL REFERENCES sts.document,
    epoch       uuid NOT NULL,
    seq         bigint NOT NULL,
    start       bigint NOT NULL,
    length      int NOT NULL,
    raw         bytea NOT NULL,
    PRIMARY KEY (epoch, seq)
);
ALTER TABLE sts.document_part ALTER COLUMN raw SET STORAGE EXTERNAL;
CREATE INDEX document_part_document_idx ON sts.document_part (document_id, start, epoch, seq);

-- Parks every record of a document whose bytes are all there and whose hash is wrong. They leave what was received.
CREATE FUNCTION sts.park_document(p_document bigint, p_detail text) RETURNS int
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_epoch record;
    v_count int := 0;
BEGIN
    FOR v_epoch IN
        SELECT p.epoch, range_agg(int8range(p.seq, p.seq, '[]')) AS numbers, count(*) AS records
        FROM sts.document_part p WHERE p.document_id = p_document GROUP BY p.epoch ORDER BY p.epoch
    LOOP
        UPDATE sts.epoch SET received = received - v_epoch.numbers, parked = parked + v_epoch.numbers
        WHERE epoch = v_epoch.epoch;
        WITH cut AS (
            DELETE FROM sts.received_span WHERE epoch = v_epoch.epoch AND span && ANY (
                SELECT unnest(v_epoch.numbers))
            RETURNING epoch, span, first_t, last_t
        )
        INSERT INTO sts.received_span (epoch, from_seq, to_seq, first_t, last_t)
        SELECT cut.epoch, lower(piece), upper(piece) - 1, cut.first_t, cut.last_t
        FROM cut, unnest(int8multirange(cut.span) - v_epoch.numbers) AS piece;
        v_count := v_count + v_epoch.records;
    END LOOP;
    INSERT INTO sts.parked (gateway, epoch, seq, reason, detail, raw)
    SELECT d.gateway, p.epoch, p.seq, 'hash', p_detail, p.raw
    FROM sts.document_part p JOIN sts.document d ON d.id = p.document_id WHERE d.id = p_document;
    DELETE FROM sts.document_part WHERE document_id = p_document;
    DELETE FROM sts.document WHERE id = p_document;
    RETURN v_count;
END $$;

REVOKE EXECUTE ON FUNCTION sts.park_document FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.park_document TO sts_ingest;
GRANT SELECT, INSERT, UPDATE, DELETE ON sts.document, sts.document_part TO sts_ingest;
GRANT SELECT ON sts.document, sts.document_part TO sts_api;

ALTER TABLE sts.document ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.document_part ENABLE ROW LEVEL SECURITY;
CREATE POLICY ingest_writes ON sts.document TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY ingest_writes ON sts.document_part TO sts_ingest USING (true) WITH CHECK (true);

-- Whole documents belong to the club of their gateway; whoever sees the gateway sees them.
CREATE POLICY sees ON sts.document FOR SELECT TO sts_api USING (
    whole_at IS NOT NULL AND EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));
CREATE POLICY sees ON sts.document_part FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.document d WHERE d.id = document_id));

-- =====================================================================================================================
-- Unplaced
-- =====================================================================================================================

-- The gateway's epochs with records that wait for a place in time: bounds as the beats told them, and the first record.
CREATE FUNCTION sts.unplaced(p_gateway text)
RETURNS TABLE (epoch uuid, running boolean, starts_after timestamptz, ends_before timestamptz,
               records bigint, waits_since timestamptz, first_raw bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT e.epoch, coalesce(e.running, false), e.starts_after, e.ends_before,
           count(*), min(p.parked_at), (array_agg(p.raw ORDER BY p.seq))[1]
    FROM sts.epoch e JOIN sts.parked p ON p.epoch = e.epoch AND p.reason = 'unpinned'
    WHERE e.gateway = p_gateway AND e.pin_offset_us IS NULL AND sts.asking_gateway(p_gateway)
    GROUP BY e.epoch
$$;

-- Gives an epoch its place, once and for good, and notes who did it; false where there is nothing to place. The note is
-- number 0 of its corrections, which move nothing.
CREATE FUNCTION sts.place_epoch(p_gateway text, p_epoch uuid, p_offset_us bigint, p_error_us bigint, p_reason text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    IF NOT sts.asking_gateway(p_gateway) OR sts.asking_role() NOT IN ('admin', 'technician') THEN
        RETURN false;
    END IF;
    UPDATE sts.epoch SET pin_offset_us = p_offset_us, pin_error_us = p_error_us, pin_source = 0
    WHERE epoch = p_epoch AND gateway = p_gateway AND pin_offset_us IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO sts.correction (epoch, number, delta_us, reason, asked_by, done_at)
    SELECT p_epoch, 0, 0, p_reason, a.email, now() FROM sts.account a WHERE a.id = sts.asking_account();
    RETURN true;
END $$;

REVOKE EXECUTE ON FUNCTION sts.unplaced, sts.place_epoch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.unplaced, sts.place_epoch TO sts_api;

-- =====================================================================================================================
-- Enrolment
-- =====================================================================================================================

-- Codes that let a new gateway in, once each. Only their hashes are here: 65 random bits for 15 minutes, or 130 for two weeks.

CREATE TABLE sts.enrolment_code (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    hash       bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    club_id    uuid NOT NULL REFERENCES sts.club,
    site       text NOT NULL CHECK (length(site) BETWEEN 1 AND 120),
    gateway    text CHECK (gateway ~ '^[a-z0-9-]{3,40}$'),    -- null: the gateway chooses a name that is free
    made_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL CHECK (expires_at <= made_at + interval '14 days'),
    used_at    timestamptz,
    used_by    text,
    CHECK ((used_at IS NULL) = (used_by IS NULL))
);
CREATE INDEX enrolment_code_gateway_idx ON sts.enrolment_code (gateway);

ALTER TABLE sts.enrolment_code ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id, club_id, site, gateway, made_at, expires_at, used_at, used_by),
      INSERT (hash, club_id, site, gateway, expires_at) ON sts.enrolment_code TO sts_api;
CREATE POLICY sees ON sts.enrolment_code FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'technician'));
CREATE POLICY adds ON sts.enrolment_code FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) IN ('admin', 'technician'));

-- Lets in the gateway that shows a code: it is registered with the hash of its secret, and the code is used up, all in the
-- caller's transaction. A verdict: enrolled; again (the same code and secret: the answer was lost on the way); or why not.
-- Only a code that names a gateway gives a known one a new secret.
CREATE FUNCTION sts.enrol(p_code bytea, p_wanted text, p_secret bytea)
RETURNS TABLE (verdict text, name text, site text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_code sts.enrolment_code;
    v_name text;
BEGIN
    SELECT * INTO v_code FROM sts.enrolment_code c WHERE c.hash = p_code FOR UPDATE;
    v_name := coalesce(v_code.used_by, v_code.gateway, p_wanted);
    IF v_code.id IS NULL THEN
        RETURN QUERY SELECT 'unknown', v_name, v_code.site;
    ELSIF v_code.used_at IS NOT NULL THEN
        RETURN QUERY SELECT CASE WHEN EXISTS (
            SELECT FROM sts.gateway_secret s WHERE s.gateway = v_name AND s.hash = p_secret
        ) THEN 'again' ELSE 'used' END, v_name, v_code.site;
    ELSIF v_code.expires_at <= now() THEN
        RETURN QUERY SELECT 'expired', v_name, v_code.site;
    ELSE
        INSERT INTO sts.gateway AS g (name, club_id, site) VALUES (v_name, v_code.club_id, v_code.site)
        ON CONFLICT (name) DO UPDATE SET site = excluded.site
        WHERE g.club_id = excluded.club_id AND v_code.gateway IS NOT NULL;
        IF NOT FOUND THEN
            RETURN QUERY SELECT 'taken', v_name, v_code.site;
            RETURN;
        END IF;
        INSERT INTO sts.gateway_secret (gateway, hash) VALUES (v_name, p_secret)
        ON CONFLICT (gateway) DO UPDATE SET hash = excluded.hash, given_at = now();
        UPDATE sts.enrolment_code SET used_at = now(), used_by = v_name WHERE id = v_code.id;
        RETURN QUERY SELECT 'enrolled', v_name, v_code.site;
    END IF;
END $$;

-- Takes a gateway's secret away, and the codes not yet used that name it. What it sent stays, and so does its name.
CREATE FUNCTION sts.gateway_revoke(p_gateway text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    DELETE FROM sts.gateway_secret s USING sts.gateway g
    WHERE s.gateway = p_gateway AND g.name = p_gateway
      AND g.club_id = sts.asking_club() AND sts.asking_role() IN ('admin', 'technician');
    UPDATE sts.enrolment_code SET expires_at = now()
    WHERE gateway = p_gateway AND used_at IS NULL AND expires_at > now()
      AND club_id = sts.asking_club() AND sts.asking_role() IN ('admin', 'technician');
$$;

REVOKE EXECUTE ON FUNCTION sts.enrol, sts.gateway_revoke FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.enrol, sts.gateway_revoke TO sts_api;

-- Settings of gateways that the hub may change as well: versions that were in force, and changes on their way there.

CREATE TABLE sts.settings_version (
    -- Random, so that a hub restored from a backup never gives a number that a gateway knows as another change.
    id       bigint PRIMARY KEY DEFAULT (random() * 9007199254740991)::bigint,
    gateway  text NOT NULL,
    version  bigint NOT NULL CHECK (version >= 0),
    state    text NOT NULL CHECK (state IN ('waiting', 'in_force', 'past', 'refused', 'overtaken', 'withdrawn')),
    tables   text NOT NULL CHECK (length(tables) <= 65536),   -- JSON, as its hash was made of it
    hash     text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),   -- as the gateway tells it
    based_on text CHECK (based_on ~ '^[0-9a-f]{64}$'),
    asked_by text,                                            -- null: made on the gateway
    faults   text[] NOT NULL DEFAULT '{}',
    made_at  timestamptz NOT NULL DEFAULT now(),
    state_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((asked_by IS NULL) = (based_on IS NULL))
);
CREATE UNIQUE INDEX settings_waiting_idx ON sts.settings_version (gateway) WHERE state = 'waiting';
CREATE UNIQUE INDEX settings_in_force_idx ON sts.settings_version (gateway) WHERE state = 'in_force';
CREATE INDEX settings_version_idx ON sts.settings_version (gateway, made_at);

ALTER TABLE sts.settings_version ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON sts.settings_version TO sts_ingest;
CREATE POLICY ingest_keeps ON sts.settings_version TO sts_ingest USING (true) WITH CHECK (true);
GRANT SELECT, INSERT (gateway, version, state, tables, hash, based_on, asked_by), UPDATE (state, state_at)
    ON sts.settings_version TO sts_api;
CREATE POLICY sees ON sts.settings_version FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));
CREATE POLICY adds ON sts.settings_version FOR INSERT TO sts_api WITH CHECK (
    (SELECT sts.asking_role()) IN ('admin', 'technician') AND EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));
CREATE POLICY withdraws ON sts.settings_version FOR UPDATE TO sts_api USING (
    (SELECT sts.asking_role()) IN ('admin', 'technician') AND EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));

-- A new key goes to one of the two; the other can come in no more.
CREATE FUNCTION sts.forget_copies() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    UPDATE sts.epoch SET copy_since = NULL WHERE gateway = NEW.gateway AND copy_since IS NOT NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER forget_copies AFTER INSERT OR UPDATE ON sts.gateway_secret
    FOR EACH ROW EXECUTE FUNCTION sts.forget_copies();

-- Orders to gateways: each is done once or not at all, and its outcome comes back in a beat.

CREATE TABLE sts.gateway_order (
    -- Random, so that a hub restored from a backup never gives a number that a gateway has done already.
    id         bigint PRIMARY KEY DEFAULT (random() * 9007199254740991)::bigint,
    gateway    text NOT NULL,
    act        text NOT NULL CHECK (act IN ('identify', 'diagnostics')),
    asked_by   text NOT NULL,
    asked_at   timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL CHECK (expires_at > asked_at AND expires_at <= asked_at + interval '7 days'),
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed', 'expired')),
    words      text NOT NULL DEFAULT '',
    told_at    timestamptz
);
CREATE INDEX gateway_order_idx ON sts.gateway_order (gateway, asked_at);
CREATE INDEX gateway_order_waiting_idx ON sts.gateway_order (gateway) WHERE state = 'waiting';

ALTER TABLE sts.gateway_order ENABLE ROW LEVEL SECURITY;
GRANT SELECT, UPDATE (state, words, told_at) ON sts.gateway_order TO sts_ingest;
CREATE POLICY ingest_keeps ON sts.gateway_order TO sts_ingest USING (true) WITH CHECK (true);
GRANT SELECT, INSERT (gateway, act, asked_by, expires_at) ON sts.gateway_order TO sts_api;
CREATE POLICY sees ON sts.gateway_order FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));
CREATE POLICY adds ON sts.gateway_order FOR INSERT TO sts_api WITH CHECK (
    (SELECT sts.asking_role()) IN ('admin', 'technician') AND EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));

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

-- Answers to changes that were sent with an Idempotency-Key: sent once more, the change is not made once more.
CREATE TABLE sts.kept_answer (
    account_id uuid NOT NULL REFERENCES sts.account ON DELETE CASCADE,
    key        text NOT NULL CHECK (length(key) BETWEEN 8 AND 64),
    digest     bytea NOT NULL CHECK (length(digest) = 32),    -- of what was asked for
    status     int2,
    body       bytea,
    etag       text,
    made_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, key)
);

ALTER TABLE sts.kept_answer ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT (account_id, key, digest), UPDATE (status, body, etag), DELETE ON sts.kept_answer TO sts_api;
CREATE POLICY own ON sts.kept_answer TO sts_api USING (account_id = (SELECT sts.asking_account()));

-- An answer kept for a change that may be sent again goes with the athlete whom it is about: an erasure leaves no copy.
CREATE FUNCTION sts.athlete_answers_go() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    DELETE FROM sts.kept_answer k USING sts.account a
    WHERE a.id = k.account_id AND a.club_id = OLD.club_id
      AND (position(convert_to(OLD.id::text, 'UTF8') IN k.body) > 0 OR position(convert_to(OLD.name, 'UTF8') IN k.body) > 0);
    RETURN NULL;
END $$;
CREATE TRIGGER athlete_answers_go AFTER DELETE ON sts.athlete FOR EACH ROW EXECUTE FUNCTION sts.athlete_answers_go();
REVOKE EXECUTE ON FUNCTION sts.athlete_answers_go FROM PUBLIC;

-- The levels of time (1 s, 1 min, 1 h), kept by TimescaleDB itself where its community edition runs: continuous aggregates
-- of the same names and columns as the tables, of which each is made from the one below. They show only what was filled, as
-- the tables do, and `sts-hub maintain` fills them, because it alone knows which windows were touched. Old days lie in
-- columns: by series, in order of time.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')
       OR current_setting('timescaledb.license', true) IS DISTINCT FROM 'timescale' THEN
        RETURN;
    END IF;
    DROP TABLE sts.sample_1s, sts.sample_1m, sts.sample_1h;
    CREATE MATERIALIZED VIEW sts.sample_1s
        -- A day to a chunk, as the samples: days expire together.
        WITH (timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.chunk_interval = '1 day') AS
        SELECT time_bucket('1 second', t) AS t, series, count(*)::int4 AS n,
               (count(*) FILTER (WHERE quality IN (0, 5, 6)))::int4 AS ok, max(quality) AS worst,
               sum(value) FILTER (WHERE quality IN (0, 5, 6)) AS total,
               min(value) FILTER (WHERE quality IN (0, 5, 6)) AS low,
               max(value) FILTER (WHERE quality IN (0, 5, 6)) AS high
        FROM sts.sample GROUP BY 1, 2 WITH NO DATA;
    CREATE MATERIALIZED VIEW sts.sample_1m WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
        SELECT time_bucket('1 minute', t) AS t, series, sum(n)::int4 AS n, sum(ok)::int4 AS ok, max(worst) AS worst,
               sum(total) AS total, min(low) AS low, max(high) AS high
        FROM sts.sample_1s GROUP BY 1, 2 WITH NO DATA;
    CREATE MATERIALIZED VIEW sts.sample_1h WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
        SELECT time_bucket('1 hour', t) AS t, series, sum(n)::int4 AS n, sum(ok)::int4 AS ok, max(worst) AS worst,
               sum(total) AS total, min(low) AS low, max(high) AS high
        FROM sts.sample_1m GROUP BY 1, 2 WITH NO DATA;
    ALTER TABLE sts.sample SET (timescaledb.compress, timescaledb.compress_segmentby = 'series', timescaledb.compress_orderby = 't');
    -- A person's values are deleted wherever they lie; by default a statement may take 100,000 of them out of columns.
    ALTER FUNCTION sts.delete_withheld SET timescaledb.max_tuples_decompressed_per_dml_transaction = 0;
    -- What the tables held is filled again from the samples.
    INSERT INTO sts.touched (epoch, first_t, last_t)
    SELECT epoch, min(first_t), max(last_t) FROM sts.received_span WHERE first_t IS NOT NULL GROUP BY epoch;
END $$;

-- =====================================================================================================================
-- Activities
-- =====================================================================================================================

-- Activities: workouts that a watch or head unit recorded. Their values are samples like all others, in series of an epoch
-- whose id is the activity's. No gateway told them, so the epoch's gateway is '', which no gateway can be called.

CREATE TABLE sts.activity (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id    uuid NOT NULL,
    athlete_id uuid NOT NULL,
    form       text NOT NULL CHECK (form IN ('fit', 'tcx', 'gpx', 'csv')),
    sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
    file_key   text CHECK (length(file_key) <= 200),       -- what the device calls the file: kind, maker, product, serial, time
    during     tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
    said       jsonb NOT NULL,                             -- what the file says beside its values
    told       bigint NOT NULL DEFAULT 0,                  -- values in the file that are of our metrics
    stored     bigint NOT NULL DEFAULT 0,                  -- of these: stored, ...
    withheld   bigint NOT NULL DEFAULT 0,                  -- measured without consent,
    expired    bigint NOT NULL DEFAULT 0,                  -- older than values are kept
    same_as    uuid REFERENCES sts.activity ON DELETE SET NULL,
    difference float8,                                     -- middle difference of heart rate from that activity, /min
    beside     float8,                                     -- and from what the athlete's sensors told, when it was added
    added_by   uuid NOT NULL,
    added_at   timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE,
    CONSTRAINT activity_once UNIQUE (athlete_id, sha256),
    CHECK (same_as <> id)
);
CREATE INDEX activity_during_idx ON sts.activity USING gist (athlete_id, during);
CREATE INDEX activity_same_idx ON sts.activity (same_as);

CREATE FUNCTION sts.activity_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    INSERT INTO sts.epoch (epoch, gateway, running, closed) VALUES (NEW.id, '', false, true);
    RETURN NULL;
END $$;
CREATE TRIGGER activity_added AFTER INSERT ON sts.activity FOR EACH ROW EXECUTE FUNCTION sts.activity_added();

-- However an activity goes (by its athlete's word, with the athlete), its values go in the same act, and roll-ups follow.
CREATE FUNCTION sts.activity_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    WITH gone AS (
        DELETE FROM sts.sample v USING sts.series s
        WHERE s.epoch = OLD.id AND v.series = s.id AND v.t >= lower(OLD.during) AND v.t <= upper(OLD.during)
        RETURNING v.t
    )
    INSERT INTO sts.touched (epoch, first_t, last_t) SELECT OLD.id, min(t), max(t) FROM gone HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER activity_removed AFTER DELETE ON sts.activity FOR EACH ROW EXECUTE FUNCTION sts.activity_removed();

-- Who may add to an athlete's activities: staff who see the athlete, and the athlete.
CREATE FUNCTION sts.may_add_activity(p_athlete uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT sts.may_see_athlete(p_athlete)
       AND sts.asking_role() IN ('admin', 'director', 'coach', 'trainer', 'athlete')
$$;

-- Makes the days of a file ready, in a transaction of its own before the one that stores it (see sts.open_day).
CREATE FUNCTION sts.open_activity_days(p_from timestamptz, p_to timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    IF p_from < '2000-01-01' OR p_to > now() + interval '1 day' OR p_to - p_from > interval '8 days' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no activity lasts so long or lies there';
    END IF;
    PERFORM sts.open_day(day::date) FROM generate_series(p_from::date, p_to::date, interval '1 day') AS day
    WHERE day + interval '1 day' > (SELECT expired_before FROM sts.retention);
END $$;

-- Stores one metric of an activity that this very transaction has added: times in µs since 1970, rising. Left out is what
-- was measured without consent, and what is older than values are kept.
CREATE FUNCTION sts.add_activity_values(
    p_activity uuid, p_metric int2, p_t_us bigint[], p_value float8[], p_quality int2[]
) RETURNS TABLE (stored bigint, withheld bigint, expired bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_activity record;
    v_consent  tstzmultirange;
    v_before   timestamptz := (SELECT expired_before FROM sts.retention);
    v_series   int;
BEGIN
    SELECT a.athlete_id, a.during INTO v_activity FROM sts.activity a
    WHERE a.id = p_activity AND a.xmin = pg_current_xact_id()::xid AND sts.may_add_activity(a.athlete_id);
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'values are added to a new activity of one''s own only';
    END IF;
    v_consent := coalesce((SELECT range_agg(c.during) FROM sts.consent c
                           WHERE c.athlete_id = v_activity.athlete_id AND c.purpose = 'monitoring'), '{}');
    INSERT INTO sts.series (epoch, name, metric) VALUES (p_activity, 'file', p_metric) RETURNING id INTO v_series;
    RETURN QUERY
    WITH told AS (
        SELECT timestamptz 'epoch' + t_us * interval '1 microsecond' AS t, value, quality
        FROM unnest(p_t_us, p_value, p_quality) AS u (t_us, value, quality)
    ), judged AS (
        SELECT t, value, quality, v_consent @> t AS consented, t < v_before AS old FROM told WHERE v_activity.during @> t
    ), kept AS (
        INSERT INTO sts.sample (t, series, quality, value)
        SELECT t, v_series, quality, value FROM judged WHERE consented AND NOT old
        RETURNING t
    ), touching AS (
        INSERT INTO sts.touched (epoch, first_t, last_t)
        SELECT p_activity, min(t), max(t) FROM kept HAVING count(*) > 0
    )
    SELECT (SELECT count(*) FROM kept), count(*) FILTER (WHERE NOT consented),
           count(*) FILTER (WHERE consented AND old)
    FROM judged;
END $$;

-- The athlete's activities with consent, cut as sts.worn cuts; of one workout told twice, the one that counts.
CREATE FUNCTION sts.recorded(p_athlete uuid, p_from timestamptz, p_to timestamptz, p_metric int2 DEFAULT NULL)
RETURNS TABLE (activity uuid, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT s.id, lower(s.both), upper(s.both)
    FROM (
        SELECT a.id, a.during * c.during * r.during * tstzrange(p_from, p_to) AS both
        FROM sts.activity a JOIN sts.consent c ON c.athlete_id = a.athlete_id AND c.purpose = 'monitoring'
        CROSS JOIN unnest(sts.readable(p_athlete, p_metric)) AS r (during)
        WHERE a.athlete_id = p_athlete AND a.same_as IS NULL AND a.during && tstzrange(p_from, p_to)
          AND c.during && a.during
    ) s
    WHERE NOT isempty(s.both)
    ORDER BY 2, 1
$$;

-- One metric of one activity, packed as sts.read_series packs it.
CREATE FUNCTION sts.read_activity(p_activity uuid, p_metric int2, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (t_us bytea, value bytea, quality bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT string_agg(timestamptz_send(v.t), '' ORDER BY v.t),
           string_agg(float8send(v.value), '' ORDER BY v.t), string_agg(int2send(v.quality), '' ORDER BY v.t)
    FROM sts.activity a
    JOIN sts.series s ON s.epoch = a.id AND s.metric = p_metric
    CROSS JOIN unnest(sts.readable(a.athlete_id, p_metric)) AS r (during)
    JOIN sts.sample v ON v.series = s.id AND v.t >= greatest(p_from, lower(r.during)) AND v.t < least(p_to, upper(r.during))
    WHERE a.id = p_activity
    HAVING count(*) > 0
$$;

REVOKE EXECUTE ON FUNCTION sts.activity_added, sts.activity_removed, sts.may_add_activity, sts.open_activity_days,
    sts.add_activity_values, sts.recorded, sts.read_activity FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.may_add_activity, sts.open_activity_days, sts.add_activity_values, sts.recorded,
    sts.read_activity TO sts_api;
GRANT SELECT, INSERT, DELETE, UPDATE (same_as, difference, told, stored, withheld, expired) ON sts.activity TO sts_api;

ALTER TABLE sts.activity ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON sts.activity FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY adds ON sts.activity FOR INSERT TO sts_api WITH CHECK (sts.may_add_activity(athlete_id));
CREATE POLICY changes ON sts.activity FOR UPDATE TO sts_api USING (sts.may_add_activity(athlete_id));
CREATE POLICY removes ON sts.activity FOR DELETE TO sts_api USING (sts.may_add_activity(athlete_id));

-- The athlete's values of one metric by a level of time (sts.sample_1m or sts.sample_1h), a row for each wearing or activity and
-- series (gateway '' and the activity where a watch recorded it): columns of equal length, rising in time, packed as
-- sts.read_series packs them. A bucket that a border of the wearing cuts is made from the samples themselves. ok, total, low and high are over the values fit to be summed; worst is the highest quality
-- number of all.
CREATE FUNCTION sts.read_level(p_athlete uuid, p_metric int2, p_from timestamptz, p_to timestamptz, p_level text)
RETURNS TABLE (gateway text, activity uuid, t_us bytea, ok bytea, worst bytea, total bytea, low bytea, high bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp SET work_mem = '32MB' AS $$
DECLARE
    v_bucket constant interval := CASE p_level WHEN 'sample_1m' THEN interval '1 minute' WHEN 'sample_1h' THEN interval '1 hour' END;
    v_zero constant timestamptz := 'epoch';
    v_told record;
    v_first timestamptz;
    v_last timestamptz;
BEGIN
    IF v_bucket IS NULL THEN
        RAISE EXCEPTION 'no level of time is called %', p_level;
    END IF;
    FOR v_told IN
        SELECT r.gateway, NULL::uuid AS activity, r.series, w.since, w.until
        FROM sts.worn(p_athlete, p_from, p_to, p_metric) w, sts.receptions_of(w.sensor, p_metric) r
        UNION ALL
        SELECT '', a.activity, s.id, a.since, a.until
        FROM sts.recorded(p_athlete, p_from, p_to, p_metric) a JOIN sts.series s ON s.epoch = a.activity AND s.metric = p_metric
    LOOP
        v_first := least(date_bin(v_bucket, v_told.since - interval '1 us', v_zero) + v_bucket, v_told.until);
        v_last := greatest(date_bin(v_bucket, v_told.until, v_zero), v_first);
        RETURN QUERY EXECUTE format($q$
            SELECT $1, $2, string_agg(timestamptz_send(b.t), '' ORDER BY b.t),
                   string_agg(int4send(b.ok), '' ORDER BY b.t),
                   string_agg(int2send(b.worst), '' ORDER BY b.t),
                   string_agg(float8send(coalesce(b.total, 0)), '' ORDER BY b.t),
                   string_agg(float8send(coalesce(b.low, 'NaN')), '' ORDER BY b.t),
                   string_agg(float8send(coalesce(b.high, 'NaN')), '' ORDER BY b.t)
            FROM (
                SELECT t, ok, worst, total, low, high FROM sts.%I WHERE series = $3 AND t >= $6 AND t < $7
                UNION ALL
                SELECT date_bin($8, s.t, 'epoch'), (count(*) FILTER (WHERE quality IN (0, 5, 6)))::int4, max(quality),
                       sum(value) FILTER (WHERE quality IN (0, 5, 6)), min(value) FILTER (WHERE quality IN (0, 5, 6)),
                       max(value) FILTER (WHERE quality IN (0, 5, 6))
                FROM sts.sample s WHERE series = $3 AND s.t >= $4 AND s.t < $5 AND (s.t < $6 OR s.t >= $7)
                GROUP BY 1
            ) b
            HAVING count(*) > 0
        $q$, p_level)
        USING v_told.gateway, v_told.activity, v_told.series, v_told.since, v_told.until, v_first, v_last, v_bucket;
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION sts.read_level FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.read_level TO sts_api;

-- =====================================================================================================================
-- Competitions
-- =====================================================================================================================

-- Competitions: what result files, uploads and programs say, as facts with versions.
--
-- A fact is an event, a round, a heat, an entry or a result, by the key that its source gives it. Nothing of it is ever
-- overwritten: another file that says something else makes a version, and so does a later version of the same file that
-- says it no more. Names stand apart from facts, so that they can go without them.

CREATE TABLE sts.competition (
    id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id   uuid NOT NULL REFERENCES sts.club,
    key       text NOT NULL CHECK (length(key) BETWEEN 1 AND 400),   -- what files call it; one made by hand has its own id
    name      text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    city      text NOT NULL DEFAULT '',
    nation    text NOT NULL DEFAULT '',
    first_day date,
    last_day  date,
    zone      text NOT NULL DEFAULT 'UTC',               -- of times of day that its files tell without one
    salt      uuid NOT NULL DEFAULT gen_random_uuid(),   -- keys of people without an id are hashes with it
    added_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT competition_key UNIQUE (club_id, key),
    UNIQUE (id, club_id)
);

-- A file that was taken in. `line`: of which file it is a version (the way it came, whose it is, and its name).
CREATE TABLE sts.result_file (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    competition_id uuid NOT NULL,
    club_id        uuid NOT NULL,
    line           text NOT NULL,
    way            text NOT NULL CHECK (way IN ('gateway', 'upload')),
    name           text NOT NULL,
    sha256         bytea NOT NULL CHECK (octet_length(sha256) = 32),
    document_id    bigint REFERENCES sts.document,
    told_by        text NOT NULL,
    told_at        timestamptz NOT NULL DEFAULT now(),
    format         text NOT NULL,
    pieces         int NOT NULL,                         -- how many of its pieces could be read
    refused        jsonb NOT NULL DEFAULT '[]',
    notes          jsonb NOT NULL DEFAULT '[]',
    whole          boolean NOT NULL,
    added          int NOT NULL DEFAULT 0,
    corrected      int NOT NULL DEFAULT 0,
    withdrawn      int NOT NULL DEFAULT 0,
    unchanged      int NOT NULL DEFAULT 0,
    FOREIGN KEY (competition_id, club_id) REFERENCES sts.competition (id, club_id) ON DELETE CASCADE
);
CREATE INDEX result_file_competition_idx ON sts.result_file (competition_id, id);
CREATE INDEX result_file_line_idx ON sts.result_file (club_id, line, id);

-- Who competes: of the own club's people the athlete, of all others the name until it goes.
CREATE TABLE sts.competitor (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    competition_id uuid NOT NULL,
    club_id        uuid NOT NULL,
    key            text NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('person', 'relay', 'team')),
    name           text,                                 -- null: it has gone
    licence        text,
    birth          text,
    gender         text NOT NULL DEFAULT '',
    nation         text NOT NULL DEFAULT '',
    club           text NOT NULL DEFAULT '',
    athlete_id     uuid,
    matched        text NOT NULL DEFAULT 'none' CHECK (matched IN ('none', 'ambiguous', 'licence', 'name', 'person')),
    candidates     uuid[] NOT NULL DEFAULT '{}',
    told_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT competitor_key UNIQUE (competition_id, key),
    FOREIGN KEY (competition_id, club_id) REFERENCES sts.competition (id, club_id) ON DELETE CASCADE,
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE SET NULL (athlete_id)
);
CREATE INDEX competitor_athlete_idx ON sts.competitor (athlete_id);
CREATE INDEX competitor_name_idx ON sts.competitor (told_at) WHERE name IS NOT NULL AND athlete_id IS NULL;

CREATE TABLE sts.result_fact (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    competition_id uuid NOT NULL,
    club_id        uuid NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('event', 'round', 'heat', 'entry', 'result')),
    key            text NOT NULL CHECK (length(key) BETWEEN 1 AND 1000),
    parent         text NOT NULL,                        -- key of what it stands in; empty for an event
    competitor_id  bigint REFERENCES sts.competitor,
    version        int NOT NULL,
    state          text NOT NULL CHECK (state IN ('official', 'corrected', 'withdrawn')),
    content        jsonb NOT NULL,
    file_id        bigint NOT NULL REFERENCES sts.result_file,
    CONSTRAINT result_fact_key UNIQUE (competition_id, kind, key),
    FOREIGN KEY (competition_id, club_id) REFERENCES sts.competition (id, club_id) ON DELETE CASCADE
);
CREATE INDEX result_fact_competitor_idx ON sts.result_fact (competitor_id);

-- What a fact was, each time that it changed; the last one is what stands in the fact.
CREATE TABLE sts.result_version (
    fact_id bigint NOT NULL REFERENCES sts.result_fact ON DELETE CASCADE,
    version int NOT NULL,
    state   text NOT NULL,
    content jsonb NOT NULL,
    file_id bigint NOT NULL REFERENCES sts.result_file,
    PRIMARY KEY (fact_id, version)
);
CREATE INDEX result_version_file_idx ON sts.result_version (file_id);

CREATE FUNCTION sts.keep_result_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    INSERT INTO sts.result_version (fact_id, version, state, content, file_id)
    VALUES (NEW.id, NEW.version, NEW.state, NEW.content, NEW.file_id);
    RETURN NULL;
END $$;
CREATE TRIGGER result_fact_kept AFTER INSERT OR UPDATE OF version ON sts.result_fact
    FOR EACH ROW EXECUTE FUNCTION sts.keep_result_version();
REVOKE EXECUTE ON FUNCTION sts.keep_result_version FROM PUBLIC;

-- Who takes results in and says who is who.
CREATE FUNCTION sts.keeps_results() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE RETURN sts.asking_role() IN ('admin', 'director', 'coach', 'technician');

-- How result lists know an own athlete: year of birth and licences, told by a person or learnt when one says who somebody is.
CREATE TABLE sts.athlete_listing (
    athlete_id uuid PRIMARY KEY,
    club_id    uuid NOT NULL,
    birth_year int CHECK (birth_year BETWEEN 1900 AND 2200),
    licences   text[] NOT NULL DEFAULT '{}',
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE
);

-- All athletes of the asking club, to know them in a result list: whoever takes a file in may not see them all, and learns of
-- nobody but that a name is one of the club's.
CREATE FUNCTION sts.own_athletes() RETURNS TABLE (id uuid, name text, birth_year int, licences text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, a.name, l.birth_year, coalesce(l.licences, '{}')
    FROM sts.athlete a LEFT JOIN sts.athlete_listing l ON l.athlete_id = a.id
    WHERE a.club_id = sts.asking_club() AND sts.keeps_results()
$$;

-- Which column of a table is what: kept by name for the next file of the kind.
CREATE TABLE sts.result_columns (
    club_id  uuid NOT NULL REFERENCES sts.club,
    name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    columns  jsonb NOT NULL,
    saved_by text NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (club_id, name)
);

-- Documents of gateways whose results are still to be taken in, and what stood in the way.
CREATE TABLE sts.document_result (
    document_id bigint PRIMARY KEY REFERENCES sts.document,
    told        timestamptz NOT NULL,
    taken_at    timestamptz,
    fault       text
);
CREATE INDEX document_result_open_idx ON sts.document_result (document_id) WHERE taken_at IS NULL;

GRANT SELECT, INSERT ON sts.competition, sts.result_file, sts.competitor, sts.result_fact TO sts_api, sts_ingest;
GRANT SELECT ON sts.result_version TO sts_api, sts_ingest;
GRANT UPDATE (name, city, nation, first_day, last_day, zone) ON sts.competition TO sts_api, sts_ingest;
GRANT UPDATE (added, corrected, withdrawn, unchanged) ON sts.result_file TO sts_api, sts_ingest;
GRANT UPDATE (name, licence, birth, gender, nation, club, athlete_id, matched, candidates, told_at) ON sts.competitor TO sts_api, sts_ingest;
GRANT UPDATE (version, state, content, file_id, parent, competitor_id) ON sts.result_fact TO sts_api, sts_ingest;
GRANT SELECT, INSERT, UPDATE (birth_year, licences) ON sts.athlete_listing TO sts_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON sts.result_columns TO sts_api;
GRANT SELECT, INSERT, UPDATE ON sts.document_result TO sts_ingest;
GRANT SELECT ON sts.document_result TO sts_api;

ALTER TABLE sts.competition ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.result_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.competitor ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.result_fact ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.result_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.athlete_listing ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.result_columns ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.document_result ENABLE ROW LEVEL SECURITY;

CREATE POLICY ingest_writes ON sts.competition TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY ingest_writes ON sts.result_file TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY ingest_writes ON sts.competitor TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY ingest_writes ON sts.result_fact TO sts_ingest USING (true) WITH CHECK (true);
CREATE POLICY ingest_reads ON sts.result_version FOR SELECT TO sts_ingest USING (true);
CREATE POLICY ingest_writes ON sts.document_result TO sts_ingest USING (true) WITH CHECK (true);

-- The results of a competition are seen by the club that has them, and by nobody else.
CREATE POLICY sees ON sts.competition FOR SELECT TO sts_api USING (club_id = (SELECT sts.asking_club()));
CREATE POLICY sees ON sts.result_file FOR SELECT TO sts_api USING (club_id = (SELECT sts.asking_club()));
CREATE POLICY sees ON sts.competitor FOR SELECT TO sts_api USING (club_id = (SELECT sts.asking_club()));
CREATE POLICY sees ON sts.result_fact FOR SELECT TO sts_api USING (club_id = (SELECT sts.asking_club()));
CREATE POLICY sees ON sts.result_version FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.result_fact f WHERE f.id = fact_id));
CREATE POLICY sees ON sts.document_result FOR SELECT TO sts_api USING (
    EXISTS (SELECT FROM sts.document d WHERE d.id = document_id));
CREATE POLICY adds ON sts.competition FOR INSERT TO sts_api WITH CHECK (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY adds ON sts.result_file FOR INSERT TO sts_api WITH CHECK (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY adds ON sts.competitor FOR INSERT TO sts_api WITH CHECK (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY adds ON sts.result_fact FOR INSERT TO sts_api WITH CHECK (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY changes ON sts.competition FOR UPDATE TO sts_api USING (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY changes ON sts.result_file FOR UPDATE TO sts_api USING (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY changes ON sts.competitor FOR UPDATE TO sts_api USING (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY changes ON sts.result_fact FOR UPDATE TO sts_api USING (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY sees ON sts.athlete_listing FOR SELECT TO sts_api USING (sts.may_see_athlete(athlete_id));
CREATE POLICY adds ON sts.athlete_listing FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) NOT IN ('athlete', 'guardian')
    AND sts.may_see_athlete(athlete_id));
CREATE POLICY changes ON sts.athlete_listing FOR UPDATE TO sts_api USING (
    (SELECT sts.asking_role()) NOT IN ('athlete', 'guardian') AND sts.may_see_athlete(athlete_id));
CREATE POLICY keeps ON sts.result_columns TO sts_api
    USING (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results())) WITH CHECK (club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));

REVOKE EXECUTE ON FUNCTION sts.keeps_results, sts.own_athletes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.keeps_results, sts.own_athletes TO sts_api, sts_ingest;
GRANT EXECUTE ON FUNCTION sts.asking_club, sts.asking_role TO sts_ingest;

-- =====================================================================================================================
-- Clocks of competitions
-- =====================================================================================================================


-- Clocks of competitions against the gateways' time, and whose the impulses of timers are. Nothing is overwritten: what was said
-- last holds, and what was said before stays.

-- What is to be added to what a clock of a competition shows, to have the time of the gateways.
CREATE TABLE sts.race_clock (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    competition_id uuid NOT NULL,
    club_id        uuid NOT NULL,
    name           text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_-]{0,39}$'),   -- main, or the format of the files that it times
    offset_us      bigint NOT NULL,
    error_us       bigint NOT NULL CHECK (error_us >= 0),
    how            text NOT NULL CHECK (how IN ('hand', 'impulse')),
    set_by         text NOT NULL,
    set_at         timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (competition_id, club_id) REFERENCES sts.competition (id, club_id) ON DELETE CASCADE
);
CREATE INDEX race_clock_idx ON sts.race_clock (competition_id, name, id);

-- Whose an impulse is: a bib, an own athlete, or (all null) nobody's any more.
CREATE TABLE sts.impulse_assignment (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    club_id     uuid NOT NULL,
    epoch       uuid NOT NULL,
    seq         bigint NOT NULL,
    place       int NOT NULL,
    bib         text CHECK (length(bib) BETWEEN 1 AND 40),
    athlete_id  uuid,
    assigned_by text NOT NULL,
    assigned_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE
);
CREATE INDEX impulse_assignment_idx ON sts.impulse_assignment (epoch, seq, place, id);

GRANT SELECT, INSERT (competition_id, club_id, name, offset_us, error_us, how, set_by) ON sts.race_clock TO sts_api;
GRANT SELECT, INSERT (club_id, epoch, seq, place, bib, athlete_id, assigned_by) ON sts.impulse_assignment TO sts_api;
ALTER TABLE sts.race_clock ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.impulse_assignment ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON sts.race_clock FOR SELECT TO sts_api USING (club_id = (SELECT sts.asking_club()));
CREATE POLICY adds ON sts.race_clock FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));
CREATE POLICY sees ON sts.impulse_assignment FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) NOT IN ('athlete', 'guardian'));
CREATE POLICY adds ON sts.impulse_assignment FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.keeps_results()));

-- =====================================================================================================================
-- Own athletes by date of birth
-- =====================================================================================================================

-- Own athletes have a date of birth by now: result lists are compared with its year.
CREATE OR REPLACE FUNCTION sts.own_athletes() RETURNS TABLE (id uuid, name text, birth_year int, licences text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, a.name, extract(year FROM a.birth_date)::int, coalesce(l.licences, '{}')
    FROM sts.athlete a LEFT JOIN sts.athlete_listing l ON l.athlete_id = a.id
    WHERE a.club_id = sts.asking_club() AND sts.keeps_results()
$$;
ALTER TABLE sts.athlete_listing DROP COLUMN birth_year;
GRANT UPDATE (licences) ON sts.athlete_listing TO sts_api;

-- =====================================================================================================================

-- Metrics told
-- =====================================================================================================================

-- Metrics that the athlete's sensors or files may tell between two times, so that nobody asks for a hundred that none does.
CREATE FUNCTION sts.metrics_told(p_athlete uuid, p_from timestamptz, p_to timestamptz) RETURNS SETOF int2
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT r.metric
    FROM sts.worn(p_athlete, p_from, p_to) w
    JOIN sts.sensor s ON s.id = w.sensor
    JOIN sts.local_name l ON l.address = s.address
    JOIN sts.gateway g ON g.name = l.gateway AND g.club_id = s.club_id
    JOIN sts.epoch e ON e.gateway = l.gateway
    JOIN sts.series r ON r.epoch = e.epoch AND r.name = l.name
    UNION
    SELECT r.metric FROM sts.recorded(p_athlete, p_from, p_to) a JOIN sts.series r ON r.epoch = a.activity
$$;
REVOKE EXECUTE ON FUNCTION sts.metrics_told FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.metrics_told TO sts_api;

-- =====================================================================================================================
-- Exports
-- =====================================================================================================================

-- Exports: what was asked for, and how far it is. The files lie in a folder of the API process for a day.
CREATE TABLE sts.export (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id     uuid NOT NULL,
    asked_by    uuid NOT NULL,
    form        text NOT NULL CHECK (form IN ('fit', 'tcx', 'gpx', 'csv', 'parquet', 'everything')),
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
-- Everything of an athlete is for the athlete, who stands for the athlete, and an admin.
CREATE FUNCTION sts.may_copy(p_athlete uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = sts, pg_temp AS $$
    SELECT sts.asking_role() IN ('admin', 'athlete', 'guardian') AND sts.may_see_athlete(p_athlete)
$$;
CREATE POLICY adds ON sts.export FOR INSERT TO sts_api WITH CHECK (
    club_id = (SELECT sts.asking_club()) AND asked_by = (SELECT sts.asking_account())
    AND (form <> 'everything' OR sts.may_copy(athlete_ids[1])));
CREATE POLICY changes ON sts.export FOR UPDATE TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND asked_by = (SELECT sts.asking_account()));
CREATE POLICY removes ON sts.export FOR DELETE TO sts_api USING (
    club_id = (SELECT sts.asking_club())
    AND (asked_by = (SELECT sts.asking_account()) OR (SELECT sts.asking_role()) = 'admin'));

-- Summaries
-- =====================================================================================================================

-- For each of these athletes whom the caller sees, a digest of all that decides which values a time has and how complete
-- they are: what was worn with consent, files of watches, and what the ledger holds of the sensors worn. Cut to the time, so
-- that it stays as it is while the gateways go on afterwards.
CREATE FUNCTION sts.session_marks(p_athletes uuid[], p_from timestamptz, p_to timestamptz)
RETURNS TABLE (athlete uuid, marks text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, md5(concat_ws('|',
        (SELECT string_agg(concat_ws(',', w.sensor, w.since, w.until), ';' ORDER BY w.since, w.sensor)
         FROM sts.worn(a.id, p_from, p_to) w),
        (SELECT string_agg(concat_ws(',', r.activity, r.since, r.until), ';' ORDER BY r.since, r.activity)
         FROM sts.recorded(a.id, p_from, p_to) r),
        (SELECT string_agg(concat_ws(',', e.epoch, e.corrections, e.parked, e.pin_offset_us,
                                     least(e.spoke_last_at, p_to), least(e.spoke_first_at, p_to), d.drops, s.spans), ';'
                           ORDER BY e.epoch)
         FROM sts.epoch e
         CROSS JOIN LATERAL (SELECT count(*) AS drops FROM sts.drop d WHERE d.epoch = e.epoch) d
         CROSS JOIN LATERAL (
            SELECT string_agg(concat_ws('-', s.from_seq, greatest(s.first_t, p_from), least(s.last_t, p_to)), '+'
                              ORDER BY s.from_seq) AS spans
            FROM sts.received_span s WHERE s.epoch = e.epoch AND s.first_t < p_to AND s.last_t >= p_from) s
         WHERE e.gateway IN (
            SELECT l.gateway FROM sts.assignment g JOIN sts.sensor n ON n.id = g.sensor_id
            JOIN sts.local_name l ON l.address = n.address
            WHERE g.athlete_id = a.id AND g.during && tstzrange(p_from, p_to))
           AND (s.spans IS NOT NULL OR (e.spoke_first_at < p_to AND e.spoke_last_at >= p_from)))))
    FROM sts.athlete a WHERE a.id = ANY (p_athletes) AND sts.may_see_athlete(a.id)
$$;

-- The gateways of the club that know a sensor which one of these athletes wore in a time.
CREATE FUNCTION sts.gateways_heard(p_athletes uuid[], p_from timestamptz, p_to timestamptz) RETURNS TABLE (gateway text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT DISTINCT l.gateway
    FROM sts.assignment g JOIN sts.sensor n ON n.id = g.sensor_id
    JOIN sts.gateway w ON w.club_id = n.club_id
    JOIN sts.local_name l ON l.address = n.address AND l.gateway = w.name
    WHERE g.athlete_id = ANY (p_athletes) AND g.during && tstzrange(p_from, p_to) AND sts.may_see_athlete(g.athlete_id)
    ORDER BY 1
$$;

REVOKE EXECUTE ON FUNCTION sts.session_marks, sts.gateways_heard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.session_marks, sts.gateways_heard TO sts_api;

-- =====================================================================================================================
-- Audit
-- =====================================================================================================================

-- Who read which athlete, and who changed what: rows that are only ever added, each with the digest of the one before in its
-- own, one chain for each club. Ids only: no name, no value, nothing of what was sent.

CREATE TABLE sts.audit (
    club_id    uuid NOT NULL,                             -- of whoever asked
    number     bigint NOT NULL,
    at         timestamptz NOT NULL,
    account_id uuid NOT NULL,
    act        text NOT NULL CHECK (act ~ '^[a-z][a-z_]{1,79}$'),
    things     text NOT NULL CHECK (length(things) <= 500 AND things ~ '^[a-z0-9_=. -]*$'),
    athlete_id uuid,
    digest     bytea NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (club_id, number)
);
CREATE INDEX audit_athlete_idx ON sts.audit (athlete_id, at) WHERE athlete_id IS NOT NULL;

-- The end of each chain: rows missing there are noticed too. Whoever adds one holds the row until the commit.
CREATE TABLE sts.audit_head (
    club_id uuid PRIMARY KEY,
    number  bigint NOT NULL,
    digest  bytea NOT NULL
);

CREATE FUNCTION sts.audit_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'the audit is only added to';
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON sts.audit FOR EACH ROW EXECUTE FUNCTION sts.audit_stays();
CREATE TRIGGER audit_stays_whole BEFORE TRUNCATE ON sts.audit FOR EACH STATEMENT EXECUTE FUNCTION sts.audit_stays();

-- What a row's digest is made of, behind the digest of the row before.
CREATE FUNCTION sts.audit_text(p sts.audit) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = sts, pg_temp RETURN concat_ws('|', p.club_id, p.number, sts.us(p.at), p.account_id, p.act, p.things, coalesce(p.athlete_id::text, ''));

-- Notes one act of whoever is asking: a row for each athlete that it is about, or one without. What is only read counts once
-- in a minute, however often a page asks.
CREATE FUNCTION sts.note(p_act text, p_things text, p_athletes uuid[], p_read boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_head    sts.audit_head;
    v_row     sts.audit;
    v_athlete uuid;
BEGIN
    FOREACH v_athlete IN ARRAY CASE WHEN p_athletes = '{}' THEN ARRAY[NULL::uuid] ELSE p_athletes END LOOP
        CONTINUE WHEN p_read AND EXISTS (
            SELECT FROM sts.audit a
            WHERE a.athlete_id = v_athlete AND a.at > clock_timestamp() - interval '1 minute'
              AND a.account_id = sts.asking_account() AND a.act = p_act);
        IF v_head.club_id IS NULL THEN
            INSERT INTO sts.audit_head VALUES (sts.asking_club(), 0, sha256('')) ON CONFLICT (club_id) DO NOTHING;
            SELECT * INTO v_head FROM sts.audit_head h WHERE h.club_id = sts.asking_club() FOR UPDATE;
        END IF;
        v_head.number := v_head.number + 1;
        v_row := (v_head.club_id, v_head.number, clock_timestamp(), sts.asking_account(), p_act, p_things, v_athlete, '');
        v_head.digest := sha256(v_head.digest || convert_to(sts.audit_text(v_row), 'UTF8'));
        v_row.digest := v_head.digest;
        INSERT INTO sts.audit SELECT v_row.*;
    END LOOP;
    UPDATE sts.audit_head h SET number = v_head.number, digest = v_head.digest WHERE h.club_id = v_head.club_id;
END $$;

-- Who read or changed an athlete, the newest first, for those who see the athlete; the policy narrows it to a few.
CREATE FUNCTION sts.audit_of(p_athlete uuid, p_before timestamptz, p_number bigint, p_limit int)
RETURNS TABLE (at timestamptz, number bigint, account_id uuid, name text, role text, club text, act text, things text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.at, a.number, a.account_id, c.name, c.role, l.name, a.act, a.things
    FROM sts.audit a
    LEFT JOIN sts.account c ON c.id = a.account_id
    LEFT JOIN sts.club l ON l.id = a.club_id
    WHERE a.athlete_id = p_athlete AND sts.may_see_athlete(p_athlete)
      AND sts.asking_role() IN ('admin', 'athlete', 'guardian')
      AND (p_before IS NULL OR (a.at, a.number) < (p_before, p_number))
    ORDER BY a.at DESC, a.number DESC
    LIMIT p_limit
$$;

ALTER TABLE sts.audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.audit_head ENABLE ROW LEVEL SECURITY;
REVOKE EXECUTE ON FUNCTION sts.audit_stays, sts.audit_text, sts.note, sts.audit_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.note, sts.audit_of TO sts_api;

-- What is known of devices that gateways hear: whether somebody of the club wears each now, and who wore it last, if the
-- caller sees the athlete and nothing of its kind is worn in its place.
CREATE FUNCTION sts.sensors_heard(p_addresses text[])
RETURNS TABLE (address text, sensor_id int, label text, worn boolean, last_athlete uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT h.address, s.id, s.label,
           s.retired_at IS NOT NULL OR EXISTS (
               SELECT FROM sts.assignment w WHERE w.sensor_id = s.id AND w.during @> now()),
           (SELECT l.athlete_id FROM (
                SELECT w.athlete_id FROM sts.assignment w
                WHERE w.sensor_id = s.id AND lower(w.during) <= now() ORDER BY lower(w.during) DESC LIMIT 1) l
            WHERE sts.may_see_athlete(l.athlete_id) AND NOT EXISTS (
                SELECT FROM sts.assignment o JOIN sts.sensor n ON n.id = o.sensor_id
                WHERE o.athlete_id = l.athlete_id AND o.during @> now() AND n.kind = s.kind))
    FROM unnest(p_addresses) AS h (address)
    LEFT JOIN sts.sensor s ON s.address = h.address AND s.club_id = sts.asking_club()
$$;
REVOKE EXECUTE ON FUNCTION sts.sensors_heard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.sensors_heard TO sts_api;

-- =====================================================================================================================
-- Erasure
-- =====================================================================================================================

-- Erasing an athlete: everything that the hub holds of one person goes in one act. What stays is which sensor nothing may be
-- stored of for which time, by numbers alone, so that a gateway that was offline brings nothing back.

CREATE TABLE sts.erased (
    sensor_id int NOT NULL REFERENCES sts.sensor,
    during    tstzrange NOT NULL CHECK (NOT isempty(during)),
    erased_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (sensor_id, during)
);
ALTER TABLE sts.erased ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON sts.erased TO sts_ingest;
CREATE POLICY ingest_reads ON sts.erased FOR SELECT TO sts_ingest USING (true);

-- What an athlete has worn until now, each time of a sensor by its club and address.
CREATE FUNCTION sts.worn_by(p_athlete uuid)
RETURNS TABLE (sensor_id int, club_id uuid, address text, during tstzrange)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT s.id, s.club_id, s.address, a.during * tstzrange(NULL, now())
    FROM sts.assignment a JOIN sts.sensor s ON s.id = a.sensor_id
    WHERE a.athlete_id = p_athlete AND a.during && tstzrange(NULL, now())
    ORDER BY lower(a.during), s.id
$$;

-- The table behind a level: the level itself, or what TimescaleDB keeps its rows in.
CREATE FUNCTION sts.rows_of_level(p_level text) RETURNS regclass
LANGUAGE plpgsql STABLE SET search_path = sts, pg_temp AS $$
DECLARE
    v_rows regclass := format('sts.%I', p_level)::regclass;
BEGIN
    IF (SELECT relkind = 'v' FROM pg_class WHERE oid = v_rows) THEN
        EXECUTE 'SELECT format(''%I.%I'', materialization_hypertable_schema, materialization_hypertable_name)::regclass
                 FROM timescaledb_information.continuous_aggregates WHERE view_schema = ''sts'' AND view_name = $1'
        INTO v_rows USING p_level;
    END IF;
    RETURN v_rows;
END $$;
REVOKE EXECUTE ON FUNCTION sts.rows_of_level FROM PUBLIC;

-- Deletes all values of series in a time, on every level.
CREATE FUNCTION sts.erase_values(p_series int[], p_during tstzrange) RETURNS bigint
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_from  timestamptz := coalesce(lower(p_during), '-infinity');
    v_to    timestamptz := coalesce(upper(p_during), 'infinity');
    v_gone  bigint;
    v_level text;
BEGIN
    WITH gone AS (
        DELETE FROM sts.sample WHERE series = ANY (p_series) AND t >= v_from AND t < v_to RETURNING series, t
    ), touching AS (
        INSERT INTO sts.touched (epoch, first_t, last_t)
        SELECT r.epoch, min(gone.t), max(gone.t) FROM gone JOIN sts.series r ON r.id = gone.series GROUP BY r.epoch
    )
    SELECT count(*) INTO v_gone FROM gone;
    FOREACH v_level IN ARRAY '{second,minute,hour}'::text[] LOOP
        EXECUTE format('DELETE FROM %s WHERE series = ANY ($1) AND t >= date_trunc(%L, $2) AND t < $3',
                       sts.rows_of_level('sample_1' || left(v_level, 1)), v_level) USING p_series, v_from, v_to;
    END LOOP;
    RETURN v_gone;
END $$;

-- By default a statement may take 100,000 values out of columns.
DO $$
BEGIN
    IF (SELECT relkind = 'v' FROM pg_class WHERE oid = 'sts.sample_1s'::regclass) THEN
        ALTER FUNCTION sts.erase_values SET timescaledb.max_tuples_decompressed_per_dml_transaction = 0;
    END IF;
END $$;

-- Nothing of a sensor's time stays, nor is stored any more, whoever wore it.
CREATE FUNCTION sts.erase_worn(p_sensor int, p_during tstzrange) RETURNS bigint
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
BEGIN
    INSERT INTO sts.erased (sensor_id, during) VALUES (p_sensor, p_during) ON CONFLICT DO NOTHING;
    RETURN sts.erase_values(ARRAY(
        SELECT r.id
        FROM sts.sensor s
        JOIN sts.local_name l ON l.address = s.address
        JOIN sts.gateway g ON g.name = l.gateway AND g.club_id = s.club_id
        JOIN sts.epoch e ON e.gateway = l.gateway
        JOIN sts.series r ON r.epoch = e.epoch AND r.name = l.name
        WHERE s.id = p_sensor), p_during);
END $$;

-- Parked records of the gateways that knew a sensor of the athlete, with what each calls it and when it was worn.
CREATE FUNCTION sts.parked_beside(p_athlete uuid)
RETURNS TABLE (id bigint, raw bytea, parked_at timestamptz, pin_us bigint, delta_us bigint, names text[], sinces timestamptz[], untils timestamptz[])
LANGUAGE sql STABLE SET search_path = sts, pg_temp AS $$
    SELECT p.id, p.raw, p.parked_at, e.pin_offset_us, coalesce(e.delta_us, 0),
           array_agg(l.name ORDER BY w.during, l.name), array_agg(lower(w.during) ORDER BY w.during, l.name),
           array_agg(upper(w.during) ORDER BY w.during, l.name)
    FROM sts.worn_by(p_athlete) w
    JOIN sts.local_name l ON l.address = w.address
    JOIN sts.gateway g ON g.name = l.gateway AND g.club_id = w.club_id
    JOIN sts.parked p ON p.gateway = l.gateway
    LEFT JOIN sts.epoch e ON e.epoch = p.epoch
    GROUP BY p.id, p.raw, p.parked_at, e.pin_offset_us, e.delta_us
    ORDER BY p.id
$$;

-- Parked pieces go for good; their numbers are told as lost, for this reason. Epochs first, as everybody who locks both does.
CREATE FUNCTION sts.give_up_parked(p_ids bigint[], p_reason text)
RETURNS TABLE (gateway text, epoch uuid, seq bigint, parked_for text, bytes int, parked_at timestamptz)
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_epoch record;
BEGIN
    PERFORM FROM sts.epoch e WHERE e.epoch IN (SELECT p.epoch FROM sts.parked p WHERE p.id = ANY (p_ids)) ORDER BY e.epoch FOR UPDATE;
    FOR v_epoch IN
        SELECT p.epoch, range_agg(int8range(p.seq, p.seq, '[]')) AS numbers
        FROM sts.parked p WHERE p.id = ANY (p_ids) AND p.epoch IS NOT NULL GROUP BY p.epoch ORDER BY p.epoch
    LOOP
        UPDATE sts.epoch e SET parked = e.parked - v_epoch.numbers, declared = e.declared + v_epoch.numbers
        WHERE e.epoch = v_epoch.epoch;
        INSERT INTO sts.drop (epoch, span, reason) SELECT v_epoch.epoch, unnest(v_epoch.numbers), p_reason;
    END LOOP;
    RETURN QUERY DELETE FROM sts.parked p WHERE p.id = ANY (p_ids)
    RETURNING p.gateway, p.epoch, p.seq, p.reason, octet_length(p.raw), p.parked_at;
END $$;

-- Result files of the competitions in which the athlete stands: the bytes that gateways sent of them, and the text of lines that
-- were refused. What was read of them stays, without the name.
CREATE FUNCTION sts.erase_files(p_athlete uuid) RETURNS void
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_competitions uuid[] := ARRAY(SELECT competition_id FROM sts.competitor
                                   WHERE athlete_id = p_athlete OR p_athlete = ANY (candidates));
BEGIN
    PERFORM sts.forget_documents(ARRAY(
        SELECT document_id FROM sts.result_file WHERE competition_id = ANY (v_competitions) AND document_id IS NOT NULL
        UNION
        SELECT d.id FROM sts.activity a JOIN sts.document d ON d.sha256 = a.sha256
        JOIN sts.gateway g ON g.name = d.gateway AND g.club_id = a.club_id WHERE a.athlete_id = p_athlete));
    UPDATE sts.result_file
    SET refused = (SELECT coalesce(jsonb_agg(one - 'text'), '[]') FROM jsonb_array_elements(refused) one)
    WHERE competition_id = ANY (v_competitions) AND jsonb_path_exists(refused, '$[*].text');
END $$;

-- All of it: values, parked records, the name in result lists and their files, the account, and with the athlete every table that hangs on it.
CREATE FUNCTION sts.erase_person(p_athlete uuid, p_parked bigint[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = sts, pg_temp AS $$
DECLARE
    v_gone    bigint := 0;
    v_worn    record;
    v_account uuid := (SELECT account_id FROM sts.athlete WHERE id = p_athlete);
BEGIN
    PERFORM sts.give_up_parked(p_parked, 'erased');
    FOR v_worn IN SELECT * FROM sts.worn_by(p_athlete) LOOP
        v_gone := v_gone + sts.erase_worn(v_worn.sensor_id, v_worn.during);
    END LOOP;
    FOR v_worn IN SELECT array_agg(r.id) AS series, a.during FROM sts.activity a JOIN sts.series r ON r.epoch = a.id
                  WHERE a.athlete_id = p_athlete GROUP BY a.id, a.during LOOP
        v_gone := v_gone + sts.erase_values(v_worn.series, tstzrange(NULL, NULL));
    END LOOP;
    PERFORM sts.erase_files(p_athlete);
    UPDATE sts.competitor SET name = NULL, licence = NULL, birth = NULL, athlete_id = NULL, matched = 'none', candidates = '{}'
    WHERE athlete_id = p_athlete;
    UPDATE sts.competitor SET candidates = array_remove(candidates, p_athlete) WHERE p_athlete = ANY (candidates);
    DELETE FROM sts.athlete WHERE id = p_athlete;
    UPDATE sts.account SET email = 'erased-' || id, name = 'Erased', password_hash = '', disabled_at = coalesce(disabled_at, now())
    WHERE id = v_account;
    RETURN v_gone;
END $$;

-- The same for the API, by an admin of the athlete's own club.
CREATE FUNCTION sts.may_erase(p_athlete uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT sts.asking_role() = 'admin'
       AND EXISTS (SELECT FROM sts.athlete a WHERE a.id = p_athlete AND a.club_id = sts.asking_club())
$$;
CREATE FUNCTION sts.erasing_worn(p_athlete uuid)
RETURNS TABLE (sensor_id int, club_id uuid, address text, during tstzrange)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT w.* FROM sts.worn_by(p_athlete) w WHERE sts.may_erase(p_athlete)
$$;
CREATE FUNCTION sts.erasing_parked(p_athlete uuid)
RETURNS TABLE (id bigint, raw bytea, parked_at timestamptz, pin_us bigint, delta_us bigint, names text[], sinces timestamptz[], untils timestamptz[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT p.* FROM sts.parked_beside(p_athlete) p WHERE sts.may_erase(p_athlete)
$$;
CREATE FUNCTION sts.erase_athlete(p_athlete uuid, p_parked bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    IF NOT sts.may_erase(p_athlete) THEN
        RAISE insufficient_privilege USING MESSAGE = 'an athlete is erased by an admin of the club';
    END IF;
    RETURN sts.erase_person(p_athlete, ARRAY(
        SELECT p.id FROM sts.parked_beside(p_athlete) p WHERE p.id = ANY (p_parked)));
END $$;

-- The bytes of documents; that they were told stays.
CREATE FUNCTION sts.forget_documents(p_documents bigint[]) RETURNS void
LANGUAGE sql SET search_path = sts, pg_temp AS $$
    DELETE FROM sts.document_part WHERE document_id = ANY (p_documents);
    UPDATE sts.document SET whole_at = NULL, held = 0 WHERE id = ANY (p_documents);
$$;

-- These, of the athlete's club, are or may be the athlete: sts.erase_person then forgets them with all others.
CREATE FUNCTION sts.erase_named(p_athlete uuid, p_competitors bigint[], p_documents bigint[]) RETURNS void
LANGUAGE sql SET search_path = sts, pg_temp AS $$
    UPDATE sts.competitor c SET athlete_id = p_athlete, matched = 'name'
    FROM sts.athlete a WHERE a.id = p_athlete AND c.club_id = a.club_id AND c.athlete_id IS NULL AND c.id = ANY (p_competitors);
    SELECT sts.forget_documents(ARRAY(
        SELECT d.id FROM sts.document d JOIN sts.gateway g ON g.name = d.gateway
        JOIN sts.athlete a ON a.club_id = g.club_id WHERE a.id = p_athlete AND d.id = ANY (p_documents)));
$$;

CREATE FUNCTION sts.erasing_named(p_athlete uuid, p_competitors bigint[], p_documents bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT sts.erase_named(p_athlete, p_competitors, p_documents) WHERE sts.may_erase(p_athlete)
$$;

REVOKE EXECUTE ON FUNCTION sts.forget_documents, sts.erase_named, sts.erasing_named FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.erasing_named TO sts_api;

REVOKE EXECUTE ON FUNCTION sts.worn_by, sts.erase_values, sts.erase_worn, sts.parked_beside, sts.give_up_parked, sts.erase_files, sts.erase_person,
    sts.may_erase, sts.erasing_worn, sts.erasing_parked, sts.erase_athlete FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.may_erase, sts.erasing_worn, sts.erasing_parked, sts.erase_athlete TO sts_api;

-- =====================================================================================================================
-- Ways in
-- =====================================================================================================================

-- One's own logins; `this` is the one that asks.
CREATE FUNCTION sts.logins(p_token_hash bytea)
RETURNS TABLE (id uuid, created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz, agent text, this boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT l.id, l.created_at, l.last_seen_at, l.expires_at, l.agent, l.token_hash = p_token_hash
    FROM sts.login l WHERE l.account_id = sts.asking_account() AND l.expires_at > now() ORDER BY l.last_seen_at DESC, l.id
$$;

CREATE FUNCTION sts.login_end(p_id uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH ended AS (DELETE FROM sts.login WHERE id = p_id AND account_id = sts.asking_account() RETURNING 1)
    SELECT EXISTS (SELECT FROM ended)
$$;

-- Tokens for scripts.
CREATE TABLE sts.access_token (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id   uuid NOT NULL REFERENCES sts.account ON DELETE CASCADE,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    hash         bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    scopes       text[] NOT NULL CHECK (scopes <@ '{see,health,change}' AND scopes <> '{}'),
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL CHECK (expires_at <= created_at + interval '366 days'),
    last_used_at timestamptz
);
CREATE INDEX access_token_account_idx ON sts.access_token (account_id);
ALTER TABLE sts.access_token ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id, account_id, name, scopes, created_at, expires_at, last_used_at),
      INSERT (account_id, name, hash, scopes, expires_at), DELETE ON sts.access_token TO sts_api;
CREATE POLICY own ON sts.access_token TO sts_api USING (account_id = (SELECT sts.asking_account()));

-- A password that anybody but its owner has set, by a code, a letter or an admin's hand, ends the tokens for scripts as well: whoever
-- had the old one may have made some. One's own change keeps them.
CREATE FUNCTION sts.account_tokens_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    DELETE FROM sts.access_token WHERE account_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER account_tokens_end AFTER UPDATE OF password_hash ON sts.account FOR EACH ROW
    WHEN (OLD.password_hash IS DISTINCT FROM NEW.password_hash AND sts.asking_account() IS DISTINCT FROM NEW.id)
    EXECUTE FUNCTION sts.account_tokens_end();
REVOKE EXECUTE ON FUNCTION sts.account_tokens_end FROM PUBLIC;

-- Who holds this token, as sts.login_of tells it, and what it is good for; no row when it has ended.
CREATE FUNCTION sts.token_of(p_hash bytea)
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

CREATE FUNCTION sts.token_used(p_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.access_token SET last_used_at = now() WHERE hash = p_hash
$$;

REVOKE EXECUTE ON FUNCTION sts.logins, sts.login_end, sts.token_of, sts.token_used FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.logins, sts.login_end, sts.token_of, sts.token_used TO sts_api;

-- What somebody chose for herself or himself; null: whatever the device says.
CREATE TABLE sts.preference (
    account_id       uuid PRIMARY KEY REFERENCES sts.account ON DELETE CASCADE,
    language         text CHECK (length(language) <= 8),
    theme            text CHECK (theme IN ('light', 'dark')),
    units            text NOT NULL CHECK (units IN ('metric', 'imperial')),
    temperature      text NOT NULL CHECK (temperature IN ('celsius', 'fahrenheit')),
    week_start       text NOT NULL CHECK (week_start IN ('monday', 'saturday', 'sunday')),
    first_steps_done boolean NOT NULL
);
GRANT SELECT, INSERT, UPDATE (language, theme, units, temperature, week_start, first_steps_done) ON sts.preference TO sts_api;
ALTER TABLE sts.preference ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON sts.preference TO sts_api USING (account_id = (SELECT sts.asking_account()));

-- =====================================================================================================================
-- Alerts
-- =====================================================================================================================

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
    gateway         text,
    over_at         timestamptz,                          -- when it was measured that it no longer held
    resolved_at     timestamptz,                          -- when the hub told that
    CONSTRAINT alert_resolved_check CHECK ((over_at IS NULL) = (resolved_at IS NULL)),
    FOREIGN KEY (rule_id, club_id, team_id) REFERENCES sts.alert_rule (id, club_id, team_id) ON DELETE CASCADE,
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE
);
CREATE INDEX alert_team_idx ON sts.alert (team_id, raised_at, id);
CREATE INDEX alert_rule_idx ON sts.alert (rule_id, athlete_id, at);
CREATE INDEX alert_unresolved_idx ON sts.alert (club_id, raised_at) WHERE resolved_at IS NULL;

CREATE TABLE sts.alert_mute (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    rule_id    uuid NOT NULL REFERENCES sts.alert_rule ON DELETE CASCADE,
    athlete_id uuid REFERENCES sts.athlete ON DELETE CASCADE,
    until      timestamptz NOT NULL,
    made_by    uuid NOT NULL
);
CREATE INDEX alert_mute_idx ON sts.alert_mute (rule_id, until);

-- Clubs that have a rule to watch, or a session that runs: the process that watches then asks in each one's name.
CREATE FUNCTION sts.watched_clubs() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT club_id FROM sts.alert_rule WHERE enabled
    UNION
    SELECT club_id FROM sts.session WHERE ended_at IS NULL AND started_at > now() - interval '1 day' AND live_data
$$;
REVOKE EXECUTE ON FUNCTION sts.watched_clubs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.watched_clubs TO sts_api;

GRANT SELECT, INSERT, DELETE, UPDATE (rule, what, enabled) ON sts.alert_rule TO sts_api;
GRANT SELECT, INSERT, UPDATE (escalated_at, acknowledged_by, acknowledged_at, note, over_at, resolved_at) ON sts.alert TO sts_api;
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

-- Whether a value that the wall has shown is in the database.
CREATE FUNCTION sts.is_stored(p_sensor int, p_metric int2, p_t timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM sts.sensor x CROSS JOIN LATERAL sts.receptions_of(x.id, p_metric) r
        JOIN sts.sample s ON s.series = r.series AND s.t = p_t
        WHERE x.id = p_sensor AND x.club_id = sts.asking_club())
$$;
REVOKE EXECUTE ON FUNCTION sts.is_stored FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.is_stored TO sts_api;

-- Where samples came too late to be shown, for the rules of clubs that watch: each window is judged once, and known for a
-- while after that to whoever counts on.
CREATE TABLE sts.late_window (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    club_id   uuid NOT NULL,
    epoch     uuid NOT NULL,
    first_t   timestamptz NOT NULL,
    last_t    timestamptz NOT NULL,
    noted_at  timestamptz NOT NULL DEFAULT now(),
    judged_at timestamptz
);
ALTER TABLE sts.late_window ENABLE ROW LEVEL SECURITY;

-- Nobody needs an alert about what was measured more than a day ago.
CREATE FUNCTION sts.note_late(p_epoch uuid, p_first timestamptz, p_last timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    INSERT INTO sts.late_window (club_id, epoch, first_t, last_t)
    SELECT g.club_id, p_epoch, greatest(p_first, now() - interval '1 day'), p_last
    FROM sts.epoch e JOIN sts.gateway g ON g.name = e.gateway
    WHERE e.epoch = p_epoch AND p_last > now() - interval '1 day'
      AND EXISTS (SELECT FROM sts.alert_rule r WHERE r.club_id = g.club_id AND r.enabled)
$$;
REVOKE EXECUTE ON FUNCTION sts.note_late FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.note_late TO sts_ingest;

-- The windows of the caller's club that have not been judged, or were minutes ago: a row for each athlete who then wore a
-- sensor that the gateway heard.
CREATE FUNCTION sts.late_windows()
RETURNS TABLE (id bigint, judged boolean, athlete_id uuid, team_id uuid, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT w.id, w.judged_at IS NOT NULL, a.athlete_id, t.team_id, w.first_t, w.last_t
    FROM sts.late_window w
    JOIN sts.epoch e ON e.epoch = w.epoch
    CROSS JOIN LATERAL (SELECT DISTINCT s.name FROM sts.series s WHERE s.epoch = w.epoch) n
    JOIN sts.local_name l ON l.gateway = e.gateway AND l.name = n.name
    JOIN sts.sensor x ON x.address = l.address AND x.club_id = w.club_id
    JOIN sts.assignment a ON a.sensor_id = x.id AND a.during && tstzrange(w.first_t, w.last_t, '[]')
    JOIN sts.athlete t ON t.id = a.athlete_id
    WHERE w.club_id = sts.asking_club() AND sts.asking_role() = 'admin'
    ORDER BY w.id
$$;

CREATE FUNCTION sts.late_judged(p_ids bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.late_window SET judged_at = now()
    WHERE id = ANY (p_ids) AND club_id = sts.asking_club() AND sts.asking_role() = 'admin';
    DELETE FROM sts.late_window
    WHERE club_id = sts.asking_club() AND sts.asking_role() = 'admin'
      AND (judged_at < now() - interval '10 minutes' OR noted_at < now() - interval '1 day')
$$;
REVOKE EXECUTE ON FUNCTION sts.late_windows, sts.late_judged FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.late_windows, sts.late_judged TO sts_api;

-- Who gets a letter of what a rule says: when it speaks up, or when nobody has acknowledged it in time; never in quiet hours,
-- which are times of day in the person's own time zone.
CREATE TABLE sts.alert_recipient (
    rule_id    uuid NOT NULL REFERENCES sts.alert_rule ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES sts.account ON DELETE CASCADE,
    told       text NOT NULL CHECK (told IN ('raised', 'escalated')),
    quiet_from time,
    quiet_to   time,
    time_zone  text NOT NULL CHECK (length(time_zone) <= 64),
    resolved   boolean NOT NULL DEFAULT false,            -- another one when it is over
    PRIMARY KEY (rule_id, account_id),
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
);
GRANT SELECT, INSERT, DELETE, UPDATE (told, quiet_from, quiet_to, time_zone, resolved) ON sts.alert_recipient TO sts_api;
ALTER TABLE sts.alert_recipient ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON sts.alert_recipient FOR SELECT TO sts_api USING (
    sts.asking_role() = 'admin' AND EXISTS (SELECT FROM sts.alert_rule r WHERE r.id = rule_id));
CREATE POLICY keeps ON sts.alert_recipient TO sts_api USING (
    account_id = sts.asking_account() AND EXISTS (SELECT FROM sts.alert_rule r WHERE r.id = rule_id));

-- Recovery
-- =====================================================================================================================

-- One-time codes that set a new password, made by an admin for somebody of the club who cannot sign in. Only the SHA-256 is here:
-- 64 random bits for an hour, and tries are limited. The newest code alone counts.

CREATE TABLE sts.recovery (
    account_id uuid REFERENCES sts.account ON DELETE CASCADE,
    hash       bytea NOT NULL CHECK (length(hash) = 32),
    expires_at timestamptz NOT NULL,
    by_mail    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (account_id, by_mail)
);
ALTER TABLE sts.recovery ENABLE ROW LEVEL SECURITY;

-- When the code ends; null where the caller is no admin of the account's club, or the account is disabled.
CREATE FUNCTION sts.recovery_begin(p_hash bytea, p_account uuid, p_lasts interval) RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    INSERT INTO sts.recovery AS r (account_id, hash, expires_at)
    SELECT id, p_hash, now() + p_lasts FROM sts.account
    WHERE id = p_account AND club_id = sts.asking_club() AND sts.asking_role() = 'admin' AND disabled_at IS NULL
    ON CONFLICT (account_id, by_mail) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at
    RETURNING expires_at
$$;

-- Whose code this is, for judging a new password; no row when it has ended.
CREATE FUNCTION sts.recovery_of(p_hash bytea) RETURNS TABLE (email text, name text, club text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.email, a.name, c.name
    FROM sts.recovery r JOIN sts.account a ON a.id = r.account_id JOIN sts.club c ON c.id = a.club_id
    WHERE r.hash = p_hash AND r.expires_at > now() AND a.disabled_at IS NULL
$$;

-- Sets the password, which ends every login, and uses all codes of the account up; false when this one has ended.
CREATE FUNCTION sts.recovery_end(p_hash bytea, p_password_hash text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH used AS (
        DELETE FROM sts.recovery r USING sts.recovery u
        WHERE u.hash = p_hash AND u.expires_at > now() AND r.account_id = u.account_id RETURNING r.account_id
    ),
    changed AS (
        UPDATE sts.account SET password_hash = p_password_hash
        WHERE id IN (SELECT account_id FROM used) AND disabled_at IS NULL RETURNING 1
    )
    SELECT EXISTS (SELECT FROM changed)
$$;

REVOKE EXECUTE ON FUNCTION sts.recovery_begin, sts.recovery_of, sts.recovery_end FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.recovery_begin, sts.recovery_of, sts.recovery_end TO sts_api;

-- =====================================================================================================================
-- Exports forgotten
-- =====================================================================================================================

-- With an athlete every export that holds something of theirs goes: its row at once, its file within a minute.
CREATE FUNCTION sts.athlete_exports_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    DELETE FROM sts.export WHERE OLD.id = ANY (athlete_ids);
    RETURN NULL;
END $$;
CREATE TRIGGER athlete_exports_removed AFTER DELETE ON sts.athlete
    FOR EACH ROW EXECUTE FUNCTION sts.athlete_exports_removed();

-- Which exports there still are, for the process that keeps their files: ids only.
CREATE FUNCTION sts.exports_kept(p_ids uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT id FROM sts.export WHERE id = ANY (p_ids)
$$;
REVOKE EXECUTE ON FUNCTION sts.athlete_exports_removed, sts.exports_kept FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.exports_kept TO sts_api;

-- =====================================================================================================================
-- Outbox
-- =====================================================================================================================

-- What leaves the hub: letters and events for webhooks wait here, written in the transaction that causes them, until a process
-- of the API has carried them. The secret of a webhook must be readable to sign with it; the API's role reads it through
-- sts.outgoing_take alone.

CREATE TABLE sts.webhook (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id       uuid NOT NULL REFERENCES sts.club,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    url           text NOT NULL CHECK (length(url) BETWEEN 8 AND 500),
    events        text[] NOT NULL CHECK (events <> '{}'),
    secret        bytea NOT NULL CHECK (length(secret) BETWEEN 24 AND 100),
    old_secret    bytea,
    old_until     timestamptz,
    made_at       timestamptz NOT NULL DEFAULT now(),
    failing_since timestamptz,
    disabled_at   timestamptz,
    disabled_why  text CHECK (length(disabled_why) <= 500),
    sealed        boolean NOT NULL DEFAULT true,          -- with a key outside the database; those of before until a process has sealed them
    CHECK ((disabled_at IS NULL) = (disabled_why IS NULL))
);
CREATE INDEX webhook_club_idx ON sts.webhook (club_id);

-- One message to one address or one webhook. body: a letter's subject and text, which may hold a secret and goes when the
-- letter has ended; an event as it is signed, which holds ids alone and stays to be sent again.
CREATE TABLE sts.outgoing (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id      uuid NOT NULL REFERENCES sts.club,
    what         text NOT NULL CHECK (length(what) BETWEEN 1 AND 60),
    address      text CHECK (length(address) <= 254),
    webhook_id   uuid REFERENCES sts.webhook ON DELETE CASCADE,
    body         text,
    queued_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
    tries        int NOT NULL DEFAULT 0,
    next_at      timestamptz NOT NULL DEFAULT now(),
    leased_until timestamptz,
    ended_at     timestamptz,
    reason       text CHECK (length(reason) <= 500),
    CHECK (num_nonnulls(address, webhook_id) = 1),
    CHECK (state <> 'waiting' OR body IS NOT NULL)
);
CREATE INDEX outgoing_waiting_idx ON sts.outgoing (next_at) WHERE state = 'waiting';
CREATE INDEX outgoing_club_idx ON sts.outgoing (club_id, queued_at, id);
CREATE INDEX outgoing_webhook_idx ON sts.outgoing (webhook_id, queued_at, id);

ALTER TABLE sts.webhook ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.outgoing ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id, club_id, name, url, events, old_until, made_at, failing_since, disabled_at, disabled_why),
      INSERT (id, club_id, name, url, events, secret),
      UPDATE (name, url, events, failing_since, disabled_at, disabled_why), DELETE ON sts.webhook TO sts_api;
GRANT SELECT (id, club_id, what, address, webhook_id, queued_at, state, tries, next_at, ended_at, reason)
      ON sts.outgoing TO sts_api;
CREATE POLICY keeps ON sts.webhook TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) = 'admin');
CREATE POLICY sees ON sts.outgoing FOR SELECT TO sts_api USING (
    club_id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) = 'admin');

-- Whoever asks queues for the own club alone; the hub itself, which asks in nobody's name, for any.
CREATE FUNCTION sts.queue_letter(p_club uuid, p_what text, p_address text, p_body text) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    INSERT INTO sts.outgoing (club_id, what, address, body)
    SELECT p_club, p_what, p_address, p_body WHERE p_club = coalesce(sts.asking_club(), p_club)
    RETURNING id
$$;

-- One message for each webhook that wants to hear of it. Returns how many.
CREATE FUNCTION sts.queue_event(p_club uuid, p_what text, p_body text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH queued AS (
        INSERT INTO sts.outgoing (club_id, what, webhook_id, body)
        SELECT p_club, p_what, w.id, p_body FROM sts.webhook w
        WHERE w.club_id = p_club AND p_club = coalesce(sts.asking_club(), p_club)
          AND p_what = ANY (w.events) AND w.disabled_at IS NULL
        RETURNING 1
    )
    SELECT count(*) FROM queued
$$;

-- Messages that are due, each lent to whoever asks until it is settled or the lease ends; one try more. To one webhook one goes
-- at a time, the oldest first. Processes take turns.
CREATE FUNCTION sts.outgoing_take(p_letters boolean, p_count int, p_lease interval)
RETURNS TABLE (
    id uuid, club_id uuid, what text, address text, body text, queued_at timestamptz, tries int,
    webhook_id uuid, url text, secrets bytea[], sealed boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sts outgoing'));
    RETURN QUERY
    WITH due AS (
        SELECT DISTINCT ON (coalesce(o.webhook_id, o.id)) o.id, o.next_at
        FROM sts.outgoing o
        WHERE o.state = 'waiting' AND o.next_at <= now() AND (o.address IS NOT NULL) = p_letters
          AND NOT EXISTS (SELECT FROM sts.outgoing u WHERE u.webhook_id = o.webhook_id AND u.leased_until > now())
        ORDER BY coalesce(o.webhook_id, o.id), o.queued_at, o.id
    ), taken AS (
        UPDATE sts.outgoing o SET tries = o.tries + 1, leased_until = now() + p_lease, next_at = now() + p_lease
        WHERE o.id IN (SELECT d.id FROM due d ORDER BY d.next_at LIMIT p_count)
        RETURNING o.*
    )
    SELECT t.id, t.club_id, t.what, t.address, t.body, t.queued_at, t.tries, w.id, w.url,
           array_remove(ARRAY[w.secret, CASE WHEN w.old_until > now() THEN w.old_secret END], NULL), coalesce(w.sealed, false)
    FROM taken t LEFT JOIN sts.webhook w ON w.id = t.webhook_id ORDER BY t.queued_at, t.id;
END $$;

-- What became of a message that was taken: sent, failed for good, or waiting for so long.
CREATE FUNCTION sts.outgoing_settle(p_id uuid, p_state text, p_reason text, p_pause interval) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.outgoing
    SET state = p_state, reason = left(p_reason, 500), leased_until = NULL, next_at = now() + p_pause,
        ended_at = CASE WHEN p_state <> 'waiting' THEN now() END,
        body = CASE WHEN p_state = 'waiting' OR webhook_id IS NOT NULL THEN body END
    WHERE id = p_id AND state = 'waiting'
$$;

-- The address of whoever is erased leaves the outbox, too.
CREATE FUNCTION sts.letters_go() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    DELETE FROM sts.outgoing WHERE club_id = OLD.club_id AND lower(address) = lower(OLD.email);
    RETURN NULL;
END $$;
CREATE TRIGGER letters_go AFTER UPDATE OF email ON sts.account FOR EACH ROW
    WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION sts.letters_go();

REVOKE EXECUTE ON FUNCTION sts.queue_letter, sts.queue_event, sts.outgoing_take, sts.outgoing_settle, sts.letters_go FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.queue_letter, sts.queue_event, sts.outgoing_take, sts.outgoing_settle TO sts_api;
GRANT EXECUTE ON FUNCTION sts.queue_event TO sts_ingest;

-- Second factors

-- Whoever asks has just shown a second factor.
CREATE FUNCTION sts.login_strengthen(p_token_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.login SET strong = true WHERE token_hash = p_token_hash AND account_id = sts.asking_account()
$$;

-- A step that waits for its answer, known by a cookie of which only the SHA-256 is here: `code` of somebody whose password
-- was right. Each is answered once, within minutes.
CREATE TABLE sts.challenge (
    hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
    kind       text NOT NULL,
    account_id uuid REFERENCES sts.account ON DELETE CASCADE,
    content    jsonb NOT NULL,
    expires_at timestamptz NOT NULL
);
ALTER TABLE sts.challenge ENABLE ROW LEVEL SECURITY;

-- Keeps a challenge, and removes those that ran out; when it ends.
CREATE FUNCTION sts.challenge_begin(p_hash bytea, p_kind text, p_account uuid, p_content jsonb, p_lasts interval)
RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    DELETE FROM sts.challenge WHERE expires_at < now();
    INSERT INTO sts.challenge VALUES (p_hash, p_kind, p_account, p_content, now() + p_lasts) RETURNING expires_at
$$;

CREATE FUNCTION sts.challenge_of(p_hash bytea, p_kind text) RETURNS TABLE (account_id uuid, content jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT account_id, content FROM sts.challenge WHERE hash = p_hash AND kind = p_kind AND expires_at > now()
$$;

CREATE FUNCTION sts.challenge_take(p_hash bytea, p_kind text) RETURNS TABLE (account_id uuid, content jsonb)
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    DELETE FROM sts.challenge WHERE hash = p_hash AND kind = p_kind AND expires_at > now() RETURNING account_id, content
$$;

-- An authenticator app. Its secret is sealed with a key that is not in the database; it counts once it is confirmed. `last_step`
-- is the newest step of 30 s whose code was used: none is good twice (RFC 6238, 5.2).
CREATE TABLE sts.authenticator (
    account_id   uuid PRIMARY KEY REFERENCES sts.account ON DELETE CASCADE,
    secret       bytea NOT NULL,
    confirmed_at timestamptz,
    last_step    bigint NOT NULL DEFAULT 0
);
ALTER TABLE sts.authenticator ENABLE ROW LEVEL SECURITY;

-- Codes for the day the phone is lost, each good once. 80 random bits, so a plain hash gives nothing away.
CREATE TABLE sts.backup_code (
    account_id uuid NOT NULL REFERENCES sts.authenticator ON DELETE CASCADE,
    hash       bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (account_id, hash)
);
ALTER TABLE sts.backup_code ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION sts.authenticator_of(p_account uuid)
RETURNS TABLE (secret bytea, confirmed_at timestamptz, last_step bigint, backup_codes bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.secret, a.confirmed_at, a.last_step,
           (SELECT count(*) FROM sts.backup_code b WHERE b.account_id = a.account_id)
    FROM sts.authenticator a WHERE a.account_id = p_account
$$;

-- Keeps the secret of an authenticator to be confirmed; false where one is confirmed already.
CREATE FUNCTION sts.authenticator_begin(p_secret bytea) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH begun AS (
        INSERT INTO sts.authenticator AS a (account_id, secret) VALUES (sts.asking_account(), p_secret)
        ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE a.confirmed_at IS NULL
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM begun)
$$;

-- Uses a step up; false where it or a later one was used before.
CREATE FUNCTION sts.authenticator_use(p_account uuid, p_step bigint) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH used AS (
        UPDATE sts.authenticator SET last_step = p_step WHERE account_id = p_account AND last_step < p_step RETURNING 1
    )
    SELECT EXISTS (SELECT FROM used)
$$;

CREATE FUNCTION sts.authenticator_confirm() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.authenticator SET confirmed_at = coalesce(confirmed_at, now()) WHERE account_id = sts.asking_account()
$$;

CREATE FUNCTION sts.backup_codes_set(p_hashes bytea[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    DELETE FROM sts.backup_code WHERE account_id = sts.asking_account();
    INSERT INTO sts.backup_code SELECT sts.asking_account(), hash FROM unnest(p_hashes) AS hash
$$;

CREATE FUNCTION sts.backup_code_use(p_account uuid, p_hash bytea) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH used AS (DELETE FROM sts.backup_code WHERE account_id = p_account AND hash = p_hash RETURNING 1)
    SELECT EXISTS (SELECT FROM used)
$$;

-- Takes away one's own authenticator with its backup codes; what was strong by a code of it is not any more.
CREATE FUNCTION sts.authenticator_end() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    DELETE FROM sts.authenticator WHERE account_id = sts.asking_account();
    UPDATE sts.login SET strong = false WHERE account_id = sts.asking_account() AND way <> 'passkey'
$$;

REVOKE EXECUTE ON FUNCTION
    sts.login_strengthen, sts.challenge_begin, sts.challenge_of, sts.challenge_take,
    sts.authenticator_of, sts.authenticator_begin, sts.authenticator_use, sts.authenticator_confirm, sts.authenticator_end,
    sts.backup_codes_set, sts.backup_code_use
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    sts.login_strengthen, sts.challenge_begin, sts.challenge_of, sts.challenge_take,
    sts.authenticator_of, sts.authenticator_begin, sts.authenticator_use, sts.authenticator_confirm, sts.authenticator_end,
    sts.backup_codes_set, sts.backup_code_use
TO sts_api;

-- Webhooks: a new secret beside the old one, what follows from a try, and an event told once more by hand.

-- Until when the old secret signs along; null where the caller is no admin of the webhook's club.
CREATE FUNCTION sts.webhook_rotate(p_id uuid, p_secret bytea, p_overlap interval) RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.webhook SET old_secret = secret, secret = p_secret, old_until = now() + p_overlap
    WHERE id = p_id AND club_id = sts.asking_club() AND sts.asking_role() = 'admin'
    RETURNING old_until
$$;

-- Notes whether an event arrived (p_reason null). One that wants no more (p_gone), or at which nothing has arrived for longer
-- than the patience, is disabled: then a row, with its club's admins to write to.
CREATE FUNCTION sts.webhook_settle(p_id uuid, p_reason text, p_gone boolean, p_patience interval)
RETURNS TABLE (name text, admins text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    UPDATE sts.webhook w SET failing_since = CASE WHEN p_reason IS NOT NULL THEN now() END
    WHERE w.id = p_id AND (w.failing_since IS NULL) = (p_reason IS NOT NULL);
    RETURN QUERY
    WITH ended AS (
        UPDATE sts.webhook w SET disabled_at = now(), disabled_why = left(p_reason, 500)
        WHERE w.id = p_id AND p_reason IS NOT NULL AND w.disabled_at IS NULL
          AND (p_gone OR w.failing_since < now() - p_patience)
        RETURNING w.*
    )
    SELECT e.name, ARRAY(SELECT a.email FROM sts.account a
                         WHERE a.club_id = e.club_id AND a.role = 'admin' AND a.disabled_at IS NULL ORDER BY a.email)
    FROM ended e;
END $$;

-- An event that has ended, or waits for its next try, goes out now; false where there is none, or it is under way.
CREATE FUNCTION sts.outgoing_again(p_webhook uuid, p_id uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH again AS (
        UPDATE sts.outgoing SET state = 'waiting', tries = 0, next_at = now(), ended_at = NULL, reason = NULL
        WHERE id = p_id AND webhook_id = p_webhook AND club_id = sts.asking_club() AND sts.asking_role() = 'admin'
          AND leased_until IS NULL
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM again)
$$;

-- What waits for a webhook that is disabled, by whomever, has failed.
CREATE FUNCTION sts.webhook_disabled() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    UPDATE sts.outgoing SET state = 'failed', ended_at = now(), leased_until = NULL,
                            reason = 'The webhook was disabled before its turn.'
    WHERE webhook_id = NEW.id AND state = 'waiting';
    RETURN NULL;
END $$;
CREATE TRIGGER webhook_disabled AFTER UPDATE OF disabled_at ON sts.webhook FOR EACH ROW
    WHEN (NEW.disabled_at IS NOT NULL AND OLD.disabled_at IS NULL) EXECUTE FUNCTION sts.webhook_disabled();

-- Those that lie open, held until they are sealed.
CREATE FUNCTION sts.webhooks_open() RETURNS TABLE (id uuid, secret bytea, old_secret bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT w.id, w.secret, w.old_secret FROM sts.webhook w WHERE NOT w.sealed ORDER BY w.id FOR UPDATE
$$;

CREATE FUNCTION sts.webhook_seal(p_id uuid, p_secret bytea, p_old_secret bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.webhook SET secret = p_secret, old_secret = p_old_secret, sealed = true WHERE id = p_id AND NOT sealed
$$;

REVOKE EXECUTE ON FUNCTION
    sts.webhook_disabled, sts.webhook_rotate, sts.webhook_settle, sts.outgoing_again, sts.webhooks_open, sts.webhook_seal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.webhook_rotate, sts.webhook_settle, sts.outgoing_again, sts.webhooks_open, sts.webhook_seal TO sts_api;

-- Passkeys (WebAuthn Level 3): of each the public key only; the private one never leaves the person's device.

CREATE TABLE sts.passkey (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id    uuid NOT NULL REFERENCES sts.account ON DELETE CASCADE,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    credential_id bytea NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
    public_key    bytea NOT NULL,
    sign_count    bigint NOT NULL,
    synced        boolean NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_used_at  timestamptz
);
CREATE INDEX passkey_account_idx ON sts.passkey (account_id);
ALTER TABLE sts.passkey ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT (account_id, name, credential_id, public_key, sign_count, synced), UPDATE (name), DELETE ON sts.passkey
TO sts_api;
CREATE POLICY own ON sts.passkey TO sts_api USING (account_id = (SELECT sts.asking_account()));

-- The passkey that somebody brings who is not known yet.
CREATE FUNCTION sts.passkey_of(p_credential_id bytea)
RETURNS TABLE (id uuid, account_id uuid, public_key bytea, sign_count bigint, synced boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT p.id, p.account_id, p.public_key, p.sign_count, p.synced FROM sts.passkey p
    JOIN sts.account a ON a.id = p.account_id
    WHERE p.credential_id = p_credential_id AND a.disabled_at IS NULL
$$;

-- Notes a use; false where another one told the same or a higher count meanwhile (WebAuthn 7.2, step 22). Passkeys that count
-- nothing tell 0 for ever.
CREATE FUNCTION sts.passkey_used(p_id uuid, p_sign_count bigint) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH used AS (
        UPDATE sts.passkey SET sign_count = p_sign_count, last_used_at = now()
        WHERE id = p_id AND (sign_count < p_sign_count OR (sign_count = 0 AND p_sign_count = 0)) RETURNING 1
    )
    SELECT EXISTS (SELECT FROM used)
$$;

-- By an admin, or whoever runs the hub, for somebody else of the club who has lost them: what was set up is gone, and every login ends.
CREATE FUNCTION sts.factors_reset(p_account uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH whose AS (
        SELECT id FROM sts.account
        WHERE id = p_account AND club_id = sts.asking_club() AND sts.asking_role() = 'admin' AND id IS DISTINCT FROM sts.asking_account()
    ),
    authenticators AS (DELETE FROM sts.authenticator WHERE account_id IN (SELECT id FROM whose)),
    passkeys AS (DELETE FROM sts.passkey WHERE account_id IN (SELECT id FROM whose)),
    logins AS (DELETE FROM sts.login WHERE account_id IN (SELECT id FROM whose))
    SELECT EXISTS (SELECT FROM whose)
$$;

REVOKE EXECUTE ON FUNCTION sts.passkey_of, sts.passkey_used, sts.factors_reset FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.passkey_of, sts.passkey_used, sts.factors_reset TO sts_api;

-- People of OpenID providers (Core 1.0, 2: issuer and subject together are never given to another person) and whose accounts
-- they are.

CREATE TABLE sts.identity (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id   uuid NOT NULL REFERENCES sts.account ON DELETE CASCADE,
    issuer       text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 500),
    subject      text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    linked_at    timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    UNIQUE (issuer, subject),
    UNIQUE (account_id, issuer)
);
ALTER TABLE sts.identity ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON sts.identity TO sts_api;
CREATE POLICY own ON sts.identity TO sts_api USING (account_id = (SELECT sts.asking_account()));

-- The account of a provider's person, tied to it now where its verified e-mail (or null) is an account's; null where there is
-- none that can sign in, or the account is tied to another person of this provider.
CREATE FUNCTION sts.identity_enter(p_issuer text, p_subject text, p_email text) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH known AS (
        UPDATE sts.identity i SET last_used_at = now() FROM sts.account a
        WHERE a.id = i.account_id AND i.issuer = p_issuer AND i.subject = p_subject AND a.disabled_at IS NULL
        RETURNING i.account_id
    ),
    tied AS (
        INSERT INTO sts.identity (account_id, issuer, subject, last_used_at)
        SELECT id, p_issuer, p_subject, now() FROM sts.account
        WHERE lower(email) = lower(p_email) AND disabled_at IS NULL AND NOT EXISTS (SELECT FROM known)
        ON CONFLICT DO NOTHING RETURNING account_id
    )
    SELECT account_id FROM known UNION ALL SELECT account_id FROM tied
$$;

-- How the asker's login was proved.
CREATE FUNCTION sts.login_way(p_token_hash bytea) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT way FROM sts.login WHERE token_hash = p_token_hash AND account_id = sts.asking_account()
$$;

REVOKE EXECUTE ON FUNCTION sts.identity_enter, sts.login_way FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.identity_enter, sts.login_way TO sts_api;

-- Recovery by mail.
-- Keeps a code for the account of this e-mail and queues the letter that holds it, to the address that the account has; nothing,
-- where there is no such account, and nobody is told which of both.
CREATE FUNCTION sts.recovery_ask(p_email text, p_hash bytea, p_lasts interval, p_body text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH asked AS (
        INSERT INTO sts.recovery AS r (account_id, by_mail, hash, expires_at)
        SELECT id, true, p_hash, now() + p_lasts FROM sts.account
        WHERE lower(email) = lower(p_email) AND disabled_at IS NULL
        ON CONFLICT (account_id, by_mail) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at
        RETURNING account_id
    )
    INSERT INTO sts.outgoing (club_id, what, address, body)
    SELECT a.club_id, 'recovery', a.email, p_body FROM asked JOIN sts.account a ON a.id = asked.account_id
$$;

REVOKE EXECUTE ON FUNCTION sts.recovery_ask FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.recovery_ask TO sts_api;

-- =====================================================================================================================
-- Invitations
-- =====================================================================================================================

-- Invitations: who has the code of one becomes somebody of the club, once, until it ends. Only the SHA-256 of a code is here; it
-- is random and long.

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

-- The texts of what an invitation asks for, where the club has published them.
CREATE FUNCTION sts.invitation_texts(p_hash bytea) RETURNS TABLE (purpose text, version text, texts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT t.purpose, t.version, t.texts
    FROM sts.invitation i CROSS JOIN jsonb_to_recordset(i.asks) AS a (purpose text, version text)
    JOIN sts.consent_text t ON t.club_id = i.club_id AND t.purpose = a.purpose AND t.version = a.version
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

REVOKE EXECUTE ON FUNCTION sts.invites, sts.invitation_of, sts.invitation_texts, sts.invitation_take, sts.invitation_join, sts.invitation_accept FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.invites, sts.invitation_of, sts.invitation_texts, sts.invitation_join, sts.invitation_accept TO sts_api;

-- =====================================================================================================================
-- Everything of one athlete
-- =====================================================================================================================

-- Every row that names the athlete, by its table, as JSON, and what such rows say no more than the key of. Tables are found by
-- their column, so a new one is in it from its first day; hashes of secrets and sealed ones are no data of anybody.
CREATE FUNCTION sts.everything_of(p_athlete uuid) RETURNS TABLE (part text, body text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = sts, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_table text;
BEGIN
    IF NOT sts.may_copy(p_athlete) THEN
        RETURN;
    END IF;
    FOR v_table IN
        SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'sts'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'athlete_id' AND NOT a.attisdropped
          AND c.relname <> 'audit'
        ORDER BY 1
    LOOP
        RETURN QUERY EXECUTE format('SELECT %L, (to_jsonb(x) - ''hash'' - ''sealed_key'')::text FROM sts.%I x WHERE x.athlete_id = $1 ORDER BY 2', v_table, v_table)
        USING p_athlete;
    END LOOP;
    RETURN QUERY
    SELECT 'athlete', (to_jsonb(a) || jsonb_build_object('team', t.name, 'club', c.name))::text
    FROM sts.athlete a JOIN sts.team t ON t.id = a.team_id JOIN sts.club c ON c.id = a.club_id WHERE a.id = p_athlete
    UNION ALL
    SELECT 'account', jsonb_build_object('id', c.id, 'email', c.email, 'name', c.name, 'role', c.role, 'created_at', c.created_at)::text
    FROM sts.account c JOIN sts.athlete a ON a.account_id = c.id WHERE a.id = p_athlete
    UNION ALL
    SELECT 'login', jsonb_build_object('created_at', l.created_at, 'last_seen_at', l.last_seen_at, 'agent', l.agent)::text
    FROM sts.login l JOIN sts.athlete a ON a.account_id = l.account_id WHERE a.id = p_athlete
    UNION ALL
    SELECT 'sensor', to_jsonb(s)::text FROM sts.sensor s
    WHERE s.id IN (SELECT w.sensor_id FROM sts.assignment w WHERE w.athlete_id = p_athlete)
    UNION ALL
    SELECT 'session', (to_jsonb(s) - 'notes')::text FROM sts.session s
    WHERE s.id IN (SELECT p.session_id FROM sts.session_athlete p WHERE p.athlete_id = p_athlete)
    UNION ALL
    SELECT 'session_phase', to_jsonb(f)::text FROM sts.session_phase f
    WHERE f.id IN (SELECT p.phase_id FROM sts.phase_athlete p WHERE p.athlete_id = p_athlete)
    UNION ALL
    SELECT 'result_fact', to_jsonb(f)::text FROM sts.result_fact f
    WHERE f.competitor_id IN (SELECT p.id FROM sts.competitor p WHERE p.athlete_id = p_athlete)
    UNION ALL
    SELECT 'competition', jsonb_build_object('id', f.id, 'name', f.name, 'city', f.city, 'first_day', f.first_day)::text
    FROM sts.competition f WHERE f.id IN (SELECT p.competition_id FROM sts.competitor p WHERE p.athlete_id = p_athlete)
    UNION ALL
    SELECT 'audit', jsonb_build_object('at', a.at, 'account_id', a.account_id, 'name', c.name, 'role', c.role, 'club', l.name,
                                       'act', a.act, 'things', a.things)::text
    FROM sts.audit a LEFT JOIN sts.account c ON c.id = a.account_id LEFT JOIN sts.club l ON l.id = a.club_id
    WHERE a.athlete_id = p_athlete;
END $$;

-- From when on something was, or may have been, measured of the athlete; null: never.
CREATE FUNCTION sts.measured_since(p_athlete uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT least((SELECT min(lower(w.during)) FROM sts.assignment w WHERE w.athlete_id = p_athlete),
                 (SELECT min(lower(a.during)) FROM sts.activity a WHERE a.athlete_id = p_athlete))
    WHERE sts.may_copy(p_athlete)
$$;

REVOKE EXECUTE ON FUNCTION sts.may_copy, sts.everything_of, sts.measured_since FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.may_copy, sts.everything_of, sts.measured_since TO sts_api;

-- A person of a provider whose verified e-mail was invited gets the account that the invitation is for.

-- The new account by the newest invitation that was sent to this e-mail, tied to the person; null without one.
CREATE FUNCTION sts.identity_join(p_issuer text, p_subject text, p_email text, p_name text, p_password_hash text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_account uuid;
BEGIN
    SELECT sts.invitation_join(i.hash, p_email, p_name, p_password_hash) INTO v_account FROM (
        SELECT hash FROM sts.invitation
        WHERE lower(email) = lower(p_email) AND accepted_at IS NULL AND expires_at > now()
        ORDER BY made_at DESC LIMIT 1
    ) i;
    IF v_account IS NOT NULL THEN
        INSERT INTO sts.identity (account_id, issuer, subject, last_used_at) VALUES (v_account, p_issuer, p_subject, now());
    END IF;
    RETURN v_account;
END $$;

REVOKE EXECUTE ON FUNCTION sts.identity_join FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.identity_join TO sts_api;

-- =====================================================================================================================
-- Pushes
-- =====================================================================================================================

-- Workouts that athletes have pushed to another service, with a key of their own there, which is sealed with a key outside the
-- database. Nobody but the athlete sees or makes them; a process of the API carries them in nobody's name.

CREATE TABLE sts.push_target (
    athlete_id uuid PRIMARY KEY,
    club_id    uuid NOT NULL,
    service    text NOT NULL CHECK (service IN ('intervals.icu')),
    sealed_key bytea NOT NULL,
    set_at     timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE
);

CREATE TABLE sts.push (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    club_id    uuid NOT NULL,
    athlete_id uuid NOT NULL,
    service    text NOT NULL,
    since      timestamptz NOT NULL,
    until      timestamptz NOT NULL CHECK (until > since),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    body       bytea,                                     -- the file, until the push has ended
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
    tries      int NOT NULL DEFAULT 0,
    reason     text CHECK (length(reason) <= 500),
    next_at    timestamptz NOT NULL DEFAULT now(),
    asked_at   timestamptz NOT NULL DEFAULT now(),
    ended_at   timestamptz,
    CONSTRAINT push_once UNIQUE (athlete_id, service, since, until),
    CHECK ((state = 'waiting') = (body IS NOT NULL)),
    FOREIGN KEY (athlete_id, club_id) REFERENCES sts.athlete (id, club_id) ON DELETE CASCADE
);
CREATE INDEX push_waiting_idx ON sts.push (next_at) WHERE state = 'waiting';

CREATE FUNCTION sts.is_oneself(p_athlete uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT sts.asking_role() = 'athlete' AND EXISTS (
        SELECT FROM sts.athlete a
        WHERE a.id = p_athlete AND a.club_id = sts.asking_club() AND a.account_id = sts.asking_account())
$$;

-- The push that is due longest, lent for a time; with the key of today.
CREATE FUNCTION sts.push_take(p_lease interval)
RETURNS TABLE (id uuid, athlete_id uuid, service text, name text, body bytea, tries int, sealed_key bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH taken AS (
        UPDATE sts.push p SET tries = p.tries + 1, next_at = now() + p_lease
        WHERE p.id = (SELECT d.id FROM sts.push d WHERE d.state = 'waiting' AND d.next_at <= now()
                      ORDER BY d.next_at, d.id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING p.*
    )
    SELECT t.id, t.athlete_id, t.service, t.name, t.body, t.tries, k.sealed_key
    FROM taken t LEFT JOIN sts.push_target k ON k.athlete_id = t.athlete_id AND k.service = t.service
$$;

CREATE FUNCTION sts.push_settle(p_id uuid, p_state text, p_reason text, p_pause interval) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.push
    SET state = p_state, reason = left(p_reason, 500), next_at = now() + p_pause,
        body = CASE WHEN p_state = 'waiting' THEN body END, ended_at = CASE WHEN p_state <> 'waiting' THEN now() END
    WHERE id = p_id AND state = 'waiting'
$$;

REVOKE EXECUTE ON FUNCTION sts.is_oneself, sts.push_take, sts.push_settle FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.is_oneself, sts.push_take, sts.push_settle TO sts_api;
GRANT SELECT, INSERT, UPDATE (service, sealed_key, set_at), DELETE ON sts.push_target TO sts_api;
GRANT SELECT, INSERT, UPDATE (state, body, tries, next_at, ended_at) ON sts.push TO sts_api;
ALTER TABLE sts.push_target ENABLE ROW LEVEL SECURITY;
ALTER TABLE sts.push ENABLE ROW LEVEL SECURITY;
CREATE POLICY oneself ON sts.push_target TO sts_api USING (sts.is_oneself(athlete_id));
CREATE POLICY oneself ON sts.push TO sts_api USING (sts.is_oneself(athlete_id));

-- =====================================================================================================================
-- What is parked, in the hands of people
-- =====================================================================================================================


-- What somebody gave up, and why.
CREATE TABLE sts.discarded (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway      text NOT NULL,
    epoch        uuid,
    seq          bigint,
    parked_for   text NOT NULL,
    bytes        int NOT NULL,
    parked_at    timestamptz NOT NULL,
    reason       text NOT NULL CHECK (length(reason) BETWEEN 1 AND 120),
    discarded_by text NOT NULL,
    discarded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX discarded_gateway_idx ON sts.discarded (gateway);
ALTER TABLE sts.discarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON sts.discarded FOR SELECT TO sts_api USING (EXISTS (SELECT FROM sts.gateway g WHERE g.name = gateway));
GRANT SELECT ON sts.discarded TO sts_api;

-- What is parked of the gateways of the club, without its bytes.
CREATE FUNCTION sts.parked_of_club() RETURNS TABLE (
    id bigint, gateway text, epoch uuid, seq bigint, reason text, detail text, bytes int,
    parked_at timestamptz, tried_at timestamptz, retry_asked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT p.id, p.gateway, p.epoch, p.seq, p.reason, p.detail, octet_length(p.raw), p.parked_at, p.tried_at, p.retry_asked_at
    FROM sts.parked p JOIN sts.gateway g ON g.name = p.gateway
    WHERE g.club_id = sts.asking_club() AND sts.asking_role() IN ('admin', 'director', 'coach', 'trainer', 'technician')
$$;

-- Which of these are the club's, for those who may try them again or give them up.
CREATE FUNCTION sts.parked_kept_by_asking(p_ids bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT coalesce(array_agg(p.id), '{}') FROM sts.parked p JOIN sts.gateway g ON g.name = p.gateway
    WHERE p.id = ANY (p_ids) AND g.club_id = sts.asking_club() AND sts.asking_role() IN ('admin', 'technician')
$$;

CREATE FUNCTION sts.ask_retry(p_ids bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_asked bigint;
BEGIN
    UPDATE sts.parked SET retry_asked_at = now() WHERE id = ANY (sts.parked_kept_by_asking(p_ids));
    GET DIAGNOSTICS v_asked = ROW_COUNT;
    RETURN v_asked;
END $$;

CREATE FUNCTION sts.discard_parked(p_ids bigint[], p_reason text, p_by text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_gone bigint;
BEGIN
    INSERT INTO sts.discarded (gateway, epoch, seq, parked_for, bytes, parked_at, reason, discarded_by)
    SELECT g.gateway, g.epoch, g.seq, g.parked_for, g.bytes, g.parked_at, p_reason, p_by
    FROM sts.give_up_parked(sts.parked_kept_by_asking(p_ids), 'discarded') g;
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    RETURN v_gone;
END $$;

REVOKE EXECUTE ON FUNCTION sts.parked_of_club, sts.parked_kept_by_asking, sts.ask_retry, sts.discard_parked FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.give_up_parked TO sts_ingest;
GRANT EXECUTE ON FUNCTION sts.parked_of_club, sts.ask_retry, sts.discard_parked TO sts_api;

-- =====================================================================================================================
-- Straps for technicians
-- =====================================================================================================================
-- What a technician needs to know and do about straps: who wears which by number and initials, whether one is heard, and
-- another in the place of one that is dead. Values stay with those who may see the athlete.

-- Who wears which sensor now, for those who see the athlete; a technician is told of all of the club, for the initials.
CREATE FUNCTION sts.wearers_now()
RETURNS TABLE (sensor_id int, athlete_id uuid, number int, name text, since timestamptz, club_id uuid, team_id uuid, account_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT w.sensor_id, a.id, a.number, a.name, lower(w.during), a.club_id, a.team_id, a.account_id
    FROM sts.assignment w JOIN sts.athlete a ON a.id = w.athlete_id
    WHERE w.club_id = sts.asking_club() AND w.during @> now()
      AND (sts.asking_role() = 'technician' OR sts.may_see_athlete(a.id))
    ORDER BY a.number, a.name, w.sensor_id
$$;

-- What was stored of a sensor since a time, by gateway and metric. The last value only of metrics of the device itself
-- (p_own), or where nobody wore it meanwhile whom the caller may not see.
CREATE FUNCTION sts.sensor_heard(p_sensor int, p_from timestamptz, p_own int2[])
RETURNS TABLE (gateway text, metric int2, heard bigint, good bigint, last_at timestamptz, value float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT g.name, r.metric, count(*), count(*) FILTER (WHERE v.quality = 0), max(v.t),
           CASE WHEN r.metric = ANY (p_own) OR NOT EXISTS (
               SELECT FROM sts.assignment w
               WHERE w.sensor_id = s.id AND w.during && tstzrange(p_from, now(), '[]') AND NOT sts.may_see_athlete(w.athlete_id))
           THEN (array_agg(v.value ORDER BY v.t DESC))[1] END
    FROM sts.sensor s
    JOIN sts.local_name l ON l.address = s.address
    JOIN sts.gateway g ON g.name = l.gateway AND g.club_id = s.club_id
    JOIN sts.epoch e ON e.gateway = l.gateway AND NOT e.closed
    JOIN sts.series r ON r.epoch = e.epoch AND r.name = l.name AND r.retired = 0
    JOIN sts.sample v ON v.series = r.id AND v.t >= p_from AND v.t <= now()
    WHERE s.id = p_sensor AND s.club_id = sts.asking_club()
      AND sts.asking_role() IN ('admin', 'director', 'coach', 'trainer', 'technician')
    GROUP BY g.name, r.metric, s.id
    ORDER BY r.metric, g.name
$$;

-- Whoever wears a sensor at a time wears another one from then on, for as long; who it is, or null: nobody wears it then.
CREATE FUNCTION sts.replace_sensor(p_sensor int, p_by int, p_at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_worn sts.assignment;
BEGIN
    IF sts.asking_role() NOT IN ('admin', 'technician') THEN
        RAISE insufficient_privilege USING MESSAGE = 'straps are exchanged by admins and technicians';
    END IF;
    SELECT * INTO v_worn FROM sts.assignment w
    WHERE w.sensor_id = p_sensor AND w.club_id = sts.asking_club() AND w.during @> p_at FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF lower(v_worn.during) < p_at THEN
        UPDATE sts.assignment SET during = tstzrange(lower(during), p_at) WHERE id = v_worn.id;
    ELSE
        DELETE FROM sts.assignment WHERE id = v_worn.id;
    END IF;
    INSERT INTO sts.assignment (club_id, sensor_id, athlete_id, during)
    VALUES (v_worn.club_id, p_by, v_worn.athlete_id, tstzrange(p_at, upper(v_worn.during)));
    RETURN v_worn.athlete_id;
END $$;

REVOKE EXECUTE ON FUNCTION sts.wearers_now, sts.sensor_heard, sts.replace_sensor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.wearers_now, sts.sensor_heard, sts.replace_sensor TO sts_api;

-- Everything that people of a club read and changed, for its admins; the newest first, behind the number given.
CREATE FUNCTION sts.audit_of_club(
    p_account uuid, p_athlete uuid, p_act text, p_reads boolean, p_from timestamptz, p_to timestamptz, p_before bigint, p_limit int)
RETURNS TABLE (at timestamptz, number bigint, account_id uuid, name text, role text, club text, act text, things text,
               athlete_id uuid, athlete text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.at, a.number, a.account_id, c.name, c.role, l.name, a.act, a.things, a.athlete_id, t.name
    FROM sts.audit a
    JOIN sts.club l ON l.id = a.club_id
    LEFT JOIN sts.account c ON c.id = a.account_id
    LEFT JOIN sts.athlete t ON t.id = a.athlete_id AND t.club_id = a.club_id
    WHERE a.club_id = sts.asking_club() AND sts.asking_role() = 'admin'
      AND (p_account IS NULL OR a.account_id = p_account)
      AND (p_athlete IS NULL OR a.athlete_id = p_athlete)
      AND (p_act IS NULL OR a.act = p_act)
      AND (p_reads IS NULL OR (a.act ~ '^(get|list)_') = p_reads)
      AND (p_from IS NULL OR a.at >= p_from) AND (p_to IS NULL OR a.at < p_to)
      AND (p_before IS NULL OR a.number < p_before)
    ORDER BY a.number DESC
    LIMIT p_limit
$$;
REVOKE EXECUTE ON FUNCTION sts.audit_of_club FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.audit_of_club TO sts_api;

-- =====================================================================================================================
-- Tries
-- =====================================================================================================================

-- Tries at signing in are counted here, so that all processes of the API share one limit. A key is the SHA-256 of who tries or of
-- what is tried. After a crash of the server nobody has tried: that is what UNLOGGED costs.

CREATE UNLOGGED TABLE sts.tried (
    key   bytea PRIMARY KEY CHECK (length(key) = 32),
    times timestamptz[] NOT NULL,
    until timestamptz NOT NULL                            -- from when on none of its times counts
);
CREATE INDEX tried_until_idx ON sts.tried (until);

-- One try by each of these keys, if every one has fewer than its limit within the window: then 0, else nothing is counted, and how
-- many seconds until they all may. The time is that of the call, since tries wait for each other here.
CREATE FUNCTION sts.tries_take(p_keys bytea[], p_limits int[], p_window interval) RETURNS float8
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
DECLARE
    v_now   timestamptz;
    v_until timestamptz;
    v_one   record;
BEGIN
    DELETE FROM sts.tried WHERE key IN (
        SELECT key FROM sts.tried WHERE until < now() ORDER BY until LIMIT 10 FOR UPDATE SKIP LOCKED);
    FOR v_one IN SELECT DISTINCT u.key FROM unnest(p_keys) AS u (key) ORDER BY 1 LOOP
        INSERT INTO sts.tried AS t (key, times, until) VALUES (v_one.key, '{}', clock_timestamp() + p_window)
        ON CONFLICT (key) DO UPDATE SET until = greatest(t.until, excluded.until);
    END LOOP;
    v_now := clock_timestamp();
    UPDATE sts.tried t SET times = ARRAY(SELECT x FROM unnest(t.times) x WHERE x > v_now - p_window ORDER BY x)
    WHERE t.key = ANY (p_keys);
    SELECT max(t.times[cardinality(t.times) - u.most + 1] + p_window) INTO v_until
    FROM unnest(p_keys, p_limits) AS u (key, most) JOIN sts.tried t ON t.key = u.key WHERE cardinality(t.times) >= u.most;
    IF v_until IS NOT NULL THEN
        RETURN greatest(extract(epoch FROM v_until - v_now), 0.001);
    END IF;
    UPDATE sts.tried SET times = times || v_now WHERE key = ANY (p_keys);
    RETURN 0;
END $$;

CREATE FUNCTION sts.tries_forgive(p_key bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    DELETE FROM sts.tried WHERE key = p_key
$$;

REVOKE EXECUTE ON FUNCTION sts.tries_take, sts.tries_forgive FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.tries_take, sts.tries_forgive TO sts_api;

-- =====================================================================================================================
-- Second accounts
-- =====================================================================================================================

-- Who is signed in with an account that an invitation does not fit, of another club or in another role, accepts it with a second one:
-- of the same name and password, under an address of its own, since an account is of one club.
CREATE FUNCTION sts.invitation_join_beside(p_hash bytea, p_email text) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT sts.invitation_join(p_hash, p_email, a.name, a.password_hash)
    FROM sts.account a WHERE a.id = sts.asking_account() AND a.disabled_at IS NULL
$$;
REVOKE EXECUTE ON FUNCTION sts.invitation_join_beside FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.invitation_join_beside TO sts_api;
