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
