-- Second factors: authenticator apps (RFC 6238) with backup codes, which roles of a club must have one, and sign-ins that
-- wait for their next step.

-- `way`: how the login was proved, 'password', 'passkey' or 'provider' with its name; `strong`: by two factors.
ALTER TABLE sts.login ADD way text NOT NULL DEFAULT 'password' CHECK (length(way) <= 60);
ALTER TABLE sts.login ADD strong boolean NOT NULL DEFAULT false;

-- Roles whose logins must be strong; only its admins say which.
ALTER TABLE sts.club ADD strong_roles text[] NOT NULL DEFAULT '{}'
    CHECK (strong_roles <@ '{admin,director,coach,trainer,athlete,technician,guardian}');
GRANT UPDATE (strong_roles) ON sts.club TO sts_api;
CREATE POLICY changes ON sts.club FOR UPDATE TO sts_api
    USING (id = (SELECT sts.asking_club()) AND (SELECT sts.asking_role()) = 'admin');

DROP FUNCTION sts.login_open(bytea, uuid, text, interval, text);
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

DROP FUNCTION sts.login_of(bytea, interval);
-- Who holds this token, with the teams given to the account or, for an athlete or a guardian, those of the athletes that it
-- stands for; no row when it has ended. `stale` says that last_seen_at is older than a minute and wants an update, `owes`
-- that the club asks for a second factor that this login has not shown.
CREATE FUNCTION sts.login_of(p_token_hash bytea, p_idle interval)
RETURNS TABLE (
    account_id uuid, club_id uuid, club_name text, role text, email text, name text, teams uuid[], wards uuid[], stale boolean,
    owes boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, a.club_id, c.name, a.role, a.email, a.name,
           ARRAY(SELECT t.team_id FROM sts.account_team t WHERE t.account_id = a.id
                 UNION SELECT p.team_id FROM sts.athlete p WHERE p.account_id = a.id
                 UNION SELECT w.team_id FROM sts.wards_of(a.id) w),
           ARRAY(SELECT w.athlete_id FROM sts.wards_of(a.id) w),
           l.last_seen_at < now() - interval '1 minute',
           a.role = ANY (c.strong_roles) AND NOT l.strong
    FROM sts.login l JOIN sts.account a ON a.id = l.account_id JOIN sts.club c ON c.id = a.club_id
    WHERE l.token_hash = p_token_hash AND l.expires_at > now() AND l.last_seen_at > now() - p_idle
      AND a.disabled_at IS NULL
$$;

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

-- By an admin, for somebody else of the club who has lost them: what was set up is gone, and every login ends.
CREATE FUNCTION sts.factors_reset(p_account uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH whose AS (
        SELECT id FROM sts.account
        WHERE id = p_account AND club_id = sts.asking_club() AND sts.asking_role() = 'admin' AND id <> sts.asking_account()
    ),
    authenticators AS (DELETE FROM sts.authenticator WHERE account_id IN (SELECT id FROM whose)),
    logins AS (DELETE FROM sts.login WHERE account_id IN (SELECT id FROM whose))
    SELECT EXISTS (SELECT FROM whose)
$$;

REVOKE EXECUTE ON FUNCTION
    sts.login_open, sts.login_of, sts.login_strengthen, sts.challenge_begin, sts.challenge_of, sts.challenge_take,
    sts.authenticator_of, sts.authenticator_begin, sts.authenticator_use, sts.authenticator_confirm, sts.authenticator_end,
    sts.backup_codes_set, sts.backup_code_use, sts.factors_reset
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    sts.login_open, sts.login_of, sts.login_strengthen, sts.challenge_begin, sts.challenge_of, sts.challenge_take,
    sts.authenticator_of, sts.authenticator_begin, sts.authenticator_use, sts.authenticator_confirm, sts.authenticator_end,
    sts.backup_codes_set, sts.backup_code_use, sts.factors_reset
TO sts_api;
