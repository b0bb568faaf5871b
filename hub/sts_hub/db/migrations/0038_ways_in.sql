-- Ways in: logins that their owner sees and ends, and tokens for scripts. Of a token only the SHA-256 is here; it is random
-- and long.

-- Logins, with an id to end them by and the browser as it calls itself.
ALTER TABLE sts.login ADD id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE;
ALTER TABLE sts.login ADD agent text NOT NULL DEFAULT '' CHECK (length(agent) <= 200);

DROP FUNCTION sts.login_open(bytea, uuid, text, interval);
CREATE FUNCTION sts.login_open(p_token_hash bytea, p_account uuid, p_password_hash text, p_lasts interval, p_agent text)
RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH opened AS (
        INSERT INTO sts.login (token_hash, account_id, expires_at, agent)
        SELECT p_token_hash, id, now() + p_lasts, left(p_agent, 200) FROM sts.account
        WHERE id = p_account AND password_hash = p_password_hash AND disabled_at IS NULL
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM opened)
$$;

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

-- Who holds this token, as sts.login_of tells it, and what it is good for; no row when it has ended.
CREATE FUNCTION sts.token_of(p_hash bytea)
RETURNS TABLE (
    account_id uuid, club_id uuid, club_name text, role text, email text, name text, teams uuid[], wards uuid[],
    scopes text[], stale boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.id, a.club_id, c.name, a.role, a.email, a.name,
           ARRAY(SELECT t.team_id FROM sts.account_team t WHERE t.account_id = a.id
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

REVOKE EXECUTE ON FUNCTION sts.login_open, sts.logins, sts.login_end, sts.token_of, sts.token_used FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.login_open, sts.logins, sts.login_end, sts.token_of, sts.token_used TO sts_api;
