-- Secrets of webhooks lie sealed, with a key outside the database. Those of before lie open until a process of the API that has the
-- key has sealed them; it does so when it starts.

ALTER TABLE sts.webhook ADD COLUMN sealed boolean NOT NULL DEFAULT false;
ALTER TABLE sts.webhook ALTER COLUMN sealed SET DEFAULT true;
ALTER TABLE sts.webhook DROP CONSTRAINT webhook_secret_check;
ALTER TABLE sts.webhook ADD CONSTRAINT webhook_secret_check CHECK (length(secret) BETWEEN 24 AND 100);
GRANT INSERT (id) ON sts.webhook TO sts_api;

-- Those that lie open, held until they are sealed.
CREATE FUNCTION sts.webhooks_open() RETURNS TABLE (id uuid, secret bytea, old_secret bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    SELECT w.id, w.secret, w.old_secret FROM sts.webhook w WHERE NOT w.sealed ORDER BY w.id FOR UPDATE
$$;

CREATE FUNCTION sts.webhook_seal(p_id uuid, p_secret bytea, p_old_secret bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
    UPDATE sts.webhook SET secret = p_secret, old_secret = p_old_secret, sealed = true WHERE id = p_id AND NOT sealed
$$;

DROP FUNCTION sts.outgoing_take(boolean, int, interval);
CREATE FUNCTION sts.outgoing_take(p_letters boolean, p_count int, p_lease interval)
RETURNS TABLE (
    id uuid, club_id uuid, what text, address text, body text, queued_at timestamptz, tries int,
    webhook_id uuid, url text, secrets bytea[], sealed boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = sts, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sts outgoing'));
    RETURN QUERY
    WITH due AS (
        SELECT DISTINCT ON (coalesce(o.webhook_id, o.id)) o.id, o.next_at
        FROM sts.outgoing o
        WHERE o.state = 'waiting' AND o.next_at <= now() AND (o.address IS NOT NULL) = p_letters
          AND NOT EXISTS (SELECT FROM sts.outgoing u WHERE u.webhook_id = o.webhook_id AND u.leased_until > now())
        ORDER BY coalesce(o.webhook_id, o.id), o.queued_at, o.id
    ), taken AS (
        UPDATE sts.outgoing o SET tries = o.tries + 1, leased_until = now() + p_lease, next_at = now() + p_lease
        WHERE o.id IN (SELECT d.id FROM due d ORDER BY d.next_at LIMIT p_count)
        RETURNING o.*
    )
    SELECT t.id, t.club_id, t.what, t.address, t.body, t.queued_at, t.tries, w.id, w.url,
           array_remove(ARRAY[w.secret, CASE WHEN w.old_until > now() THEN w.old_secret END], NULL), coalesce(w.sealed, false)
    FROM taken t LEFT JOIN sts.webhook w ON w.id = t.webhook_id ORDER BY t.queued_at, t.id;
END $$;

REVOKE EXECUTE ON FUNCTION sts.webhooks_open, sts.webhook_seal, sts.outgoing_take FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sts.webhooks_open, sts.webhook_seal, sts.outgoing_take TO sts_api;
