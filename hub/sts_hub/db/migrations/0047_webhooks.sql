-- Webhooks: a new secret beside the old one, what follows from a try, and an event told once more by hand.

-- Until when the old secret signs along; null where the caller is no admin of the webhook's club.
CREATE FUNCTION sts.webhook_rotate(p_id uuid, p_secret bytea, p_overlap interval) RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.webhook SET old_secret = secret, secret = p_secret, old_until = now() + p_overlap
    WHERE id = p_id AND club_id = sts.asking_club() AND sts.asking_role() = 'admin'
    RETURNING old_until
$$;

-- Notes whether an event arrived (p_reason null). One that wants no more (p_gone), or at which nothing has arrived for longer
-- than the patience, is disabled: then a row, with its club's admins to write to.
CREATE FUNCTION sts.webhook_settle(p_id uuid, p_reason text, p_gone boolean, p_patience interval)
RETURNS TABLE (name text, admins text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    UPDATE sts.webhook w SET failing_since = CASE WHEN p_reason IS NOT NULL THEN now() END
    WHERE w.id = p_id AND (w.failing_since IS NULL) = (p_reason IS NOT NULL);
    RETURN QUERY
    WITH ended AS (
        UPDATE sts.webhook w SET disabled_at = now(), disabled_why = left(p_reason, 500)
        WHERE w.id = p_id AND p_reason IS NOT NULL AND w.disabled_at IS NULL
          AND (p_gone OR w.failing_since < now() - p_patience)
        RETURNING w.*
    )
    SELECT e.name, ARRAY(SELECT a.email FROM sts.account a
                         WHERE a.club_id = e.club_id AND a.role = 'admin' AND a.disabled_at IS NULL ORDER BY a.email)
    FROM ended e;
END $$;

-- An event that has ended, or waits for its next try, goes out now; false where there is none, or it is under way.
CREATE FUNCTION sts.outgoing_again(p_webhook uuid, p_id uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    WITH again AS (
        UPDATE sts.outgoing SET state = 'waiting', tries = 0, next_at = now(), ended_at = NULL, reason = NULL
        WHERE id = p_id AND webhook_id = p_webhook AND club_id = sts.asking_club() AND sts.asking_role() = 'admin'
          AND leased_until IS NULL
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM again)
$$;

-- What waits for a webhook that is disabled, by whomever, has failed.
CREATE FUNCTION sts.webhook_disabled() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    UPDATE sts.outgoing SET state = 'failed', ended_at = now(), leased_until = NULL,
                            reason = 'The webhook was disabled before its turn.'
    WHERE webhook_id = NEW.id AND state = 'waiting';
    RETURN NULL;
END $$;
CREATE TRIGGER webhook_disabled AFTER UPDATE OF disabled_at ON sts.webhook FOR EACH ROW
    WHEN (NEW.disabled_at IS NOT NULL AND OLD.disabled_at IS NULL) EXECUTE FUNCTION sts.webhook_disabled();

REVOKE EXECUTE ON FUNCTION sts.webhook_disabled, sts.webhook_rotate, sts.webhook_settle, sts.outgoing_again FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.webhook_rotate, sts.webhook_settle, sts.outgoing_again TO sts_api;
