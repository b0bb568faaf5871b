-- One-time codes that set a new password, made by an admin for somebody of the club who cannot sign in. Only the SHA-256 is here:
-- 64 random bits for an hour, and tries are limited. The newest code alone counts.

CREATE TABLE sts.recovery (
    account_id uuid PRIMARY KEY REFERENCES sts.account ON DELETE CASCADE,
    hash       bytea NOT NULL CHECK (length(hash) = 32),
    expires_at timestamptz NOT NULL
);
ALTER TABLE sts.recovery ENABLE ROW LEVEL SECURITY;

-- When the code ends; null where the caller is no admin of the account's club, or the account is disabled.
CREATE FUNCTION sts.recovery_begin(p_hash bytea, p_account uuid, p_lasts interval) RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    INSERT INTO sts.recovery AS r (account_id, hash, expires_at)
    SELECT id, p_hash, now() + p_lasts FROM sts.account
    WHERE id = p_account AND club_id = sts.asking_club() AND sts.asking_role() = 'admin' AND disabled_at IS NULL
    ON CONFLICT (account_id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at
    RETURNING expires_at
$$;

-- Whose code this is, for judging a new password; no row when it has ended.
CREATE FUNCTION sts.recovery_of(p_hash bytea) RETURNS TABLE (email text, name text, club text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT a.email, a.name, c.name
    FROM sts.recovery r JOIN sts.account a ON a.id = r.account_id JOIN sts.club c ON c.id = a.club_id
    WHERE r.hash = p_hash AND r.expires_at > now() AND a.disabled_at IS NULL
$$;

-- Sets the password, which ends every login, and uses the code up; false when it has ended.
CREATE FUNCTION sts.recovery_end(p_hash bytea, p_password_hash text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH used AS (DELETE FROM sts.recovery WHERE hash = p_hash AND expires_at > now() RETURNING account_id),
    changed AS (
        UPDATE sts.account SET password_hash = p_password_hash FROM used
        WHERE id = used.account_id AND disabled_at IS NULL RETURNING 1
    )
    SELECT EXISTS (SELECT FROM changed)
$$;

REVOKE EXECUTE ON FUNCTION sts.recovery_begin, sts.recovery_of, sts.recovery_end FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.recovery_begin, sts.recovery_of, sts.recovery_end TO sts_api;
