-- By an admin, or whoever runs the hub, for somebody else of the club who has lost them: what was set up is gone, and every login ends.
CREATE OR REPLACE FUNCTION sts.factors_reset(p_account uuid) RETURNS boolean
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
