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

-- By an admin, for somebody else of the club who has lost them: what was set up is gone, and every login ends.
CREATE OR REPLACE FUNCTION sts.factors_reset(p_account uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH whose AS (
        SELECT id FROM sts.account
        WHERE id = p_account AND club_id = sts.asking_club() AND sts.asking_role() = 'admin' AND id <> sts.asking_account()
    ),
    authenticators AS (DELETE FROM sts.authenticator WHERE account_id IN (SELECT id FROM whose)),
    passkeys AS (DELETE FROM sts.passkey WHERE account_id IN (SELECT id FROM whose)),
    logins AS (DELETE FROM sts.login WHERE account_id IN (SELECT id FROM whose))
    SELECT EXISTS (SELECT FROM whose)
$$;

REVOKE EXECUTE ON FUNCTION sts.passkey_of, sts.passkey_used FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.passkey_of, sts.passkey_used TO sts_api;
