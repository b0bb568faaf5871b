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
