-- Copies of an enrolled card: which start of the agent is one, until the gateway is enrolled anew.

ALTER TABLE sts.epoch ADD COLUMN copy_since timestamptz;

-- A new key goes to one of the two; the other can come in no more.
CREATE FUNCTION sts.forget_copies() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    UPDATE sts.epoch SET copy_since = NULL WHERE gateway = NEW.gateway AND copy_since IS NOT NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER forget_copies AFTER INSERT OR UPDATE ON sts.gateway_secret
    FOR EACH ROW EXECUTE FUNCTION sts.forget_copies();

-- A gateway that a restored database does not know yet is answered all the same.
ALTER TABLE sts.settings_version DROP CONSTRAINT settings_version_gateway_fkey;
