-- Recovery by mail: the same one-time codes, asked for by whoever reads the account's mailbox. An account has one code of each
-- way, so that somebody who asks for letters in another's name undoes no code that an admin made.

ALTER TABLE sts.recovery ADD by_mail boolean NOT NULL DEFAULT false;
ALTER TABLE sts.recovery DROP CONSTRAINT recovery_pkey;
ALTER TABLE sts.recovery ADD PRIMARY KEY (account_id, by_mail);

CREATE OR REPLACE FUNCTION sts.recovery_begin(p_hash bytea, p_account uuid, p_lasts interval) RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    INSERT INTO sts.recovery AS r (account_id, hash, expires_at)
    SELECT id, p_hash, now() + p_lasts FROM sts.account
    WHERE id = p_account AND club_id = sts.asking_club() AND sts.asking_role() = 'admin' AND disabled_at IS NULL
    ON CONFLICT (account_id, by_mail) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at
    RETURNING expires_at
$$;

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

-- Sets the password, which ends every login, and uses all codes of the account up; false when this one has ended.
CREATE OR REPLACE FUNCTION sts.recovery_end(p_hash bytea, p_password_hash text) RETURNS boolean
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

REVOKE EXECUTE ON FUNCTION sts.recovery_ask FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.recovery_ask TO sts_api;
