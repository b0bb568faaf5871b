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
