-- Who is signed in with an account that an invitation does not fit, of another club or in another role, accepts it with a second one:
-- of the same name and password, under an address of its own, since an account is of one club.
CREATE FUNCTION sts.invitation_join_beside(p_hash bytea, p_email text) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT sts.invitation_join(p_hash, p_email, a.name, a.password_hash)
    FROM sts.account a WHERE a.id = sts.asking_account() AND a.disabled_at IS NULL
$$;
REVOKE EXECUTE ON FUNCTION sts.invitation_join_beside FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.invitation_join_beside TO sts_api;
